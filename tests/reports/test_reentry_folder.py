"""What `reentry` writes beside the lists."""

import stat
from pathlib import Path

import polars as pl

from reports.reentry import reentry_lists
from reports.reentry_folder import write_reentry_folder
from reports.schema import REENTRY
from reports.tables import read_csv
from tests.reports.example_run import example_run

CREDENTIALS = example_run(300).credentials


def test_each_team_gets_what_its_system_needs(tmp_path: Path) -> None:
    """A script for CloudBees CD, steps for Octopus Deploy, both where a team has both; all private."""
    both = CREDENTIALS.with_columns(
        system=pl.when(pl.col("owner") == "Payments").then(pl.lit("octopus")).otherwise("system")
    )
    mixed = pl.concat(
        [both, CREDENTIALS.filter(pl.col("owner") == "../x").with_columns(system=pl.lit("octopus"))]
    )
    write_reentry_folder(tmp_path / "lists", reentry_lists(mixed))
    names = {path.name for path in (tmp_path / "lists").iterdir()}
    assert {"reentry.xlsx", "payments.csv", "payments.txt", "x.csv", "x.sh", "x.txt", "mobile.sh"} <= names
    assert not {"payments.sh", "mobile.txt"} & names
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "lists").iterdir()}
    assert modes == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"lists"}
    systems = read_csv((tmp_path / "lists" / "x.csv").read_bytes(), REENTRY)["system"]
    assert systems.to_list() == sorted(systems)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """File by file, whatever the order of the credentials."""
    write_reentry_folder(tmp_path / "a", reentry_lists(CREDENTIALS))
    write_reentry_folder(tmp_path / "b", reentry_lists(CREDENTIALS.reverse()))
    contents = [{path.name: path.read_bytes() for path in (tmp_path / part).iterdir()} for part in "ab"]
    assert contents[0] == contents[1]


def test_nothing_to_enter(tmp_path: Path) -> None:
    """No workbook without a sheet."""
    write_reentry_folder(tmp_path / "lists", {})
    assert list((tmp_path / "lists").iterdir()) == []
