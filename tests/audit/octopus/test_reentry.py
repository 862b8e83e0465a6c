"""The steps for Octopus Deploy."""

import polars as pl
import pytest

from audit.octopus.reentry import how_to_reenter, portal_path, portal_steps
from reports.product_guide import LostSecret
from reports.reentry import reentry_lists
from tests.reports.example_run import GUIDES, HOSTILE_NAMES, example_run

LOCATION = "variableset-Projects-1/Variables[{}].Value"


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("variableset-Projects-6/Variables[A/B].Value", "projects/Projects-6/variables"),
        ("variableset-LibraryVariableSets-2/Variables[A].Value", "library/variables/LibraryVariableSets-2"),
        ("deploymentprocess-Projects-6/Steps[0].x", "projects/Projects-6"),
        ("Accounts-3/Password", "infrastructure/accounts/Accounts-3"),
        ("variableset-Projects-6-s-4-ABCDE/Variables[A].Value", ""),
        ("variableset-Projects-6?x=/Variables[A].Value", ""),
        ("Feeds-1/Password", ""),
    ],
)
def test_links_where_the_address_is_known(location: str, path: str) -> None:
    """For documents of their own page, and not for a release's snapshot or an id that is none."""
    assert portal_path(location) == path


def test_every_secret_has_its_steps() -> None:
    """A numbered entry each: the place, where to click, the link; hostile names stay on their line."""
    names = pl.Series(HOSTILE_NAMES)
    credentials = example_run(len(names)).credentials.with_columns(
        system=pl.lit("octopus"),
        action=pl.lit("re-enter"),
        owner=pl.lit("T"),
        name=names,
        project=pl.lit("P"),
        location=pl.Series([LOCATION.format(name) for name in names]),
    )
    rows = reentry_lists(credentials, GUIDES)["T"]
    lines = portal_steps("T\n1. forged", "t", rows).splitlines()
    assert lines[0] == f"T\\n1. forged: {len(names)} secrets to enter again in Octopus Deploy"
    assert [line.partition(".")[0] for line in lines if line[:1].isdigit()] == [
        str(number + 1) for number in range(len(names))
    ]
    assert lines.count("   SERVER/app#/SPACE/projects/Projects-1/variables") == len(names)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("variableset-Projects-1/Variables[DbPassword].Value", "variable set"),
        ("variableset-Projects-1-s-4-ABCDE/Variables[DbPassword].Value", "snapshot"),
        ("Accounts-3/Password", "Accounts"),
        ("smtp-settings/SmtpPassword", "SMTP"),
        ("SomethingNew-1/Secret", "web portal"),
    ],
)
def test_octopus_has_steps(location: str, expected: str) -> None:
    """For Octopus Deploy it says where to click, by the type of the document."""
    secret = LostSecret(kind="document", project="", name="", user_name="", location=location)
    assert expected in how_to_reenter(secret)
