"""The lists of what to enter again."""

import os
import subprocess
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.instructions import how_to_reenter
from reports.reentry import UNASSIGNED, reentry_lists, write_reentry_lists
from reports.schema import REENTRY
from reports.tables import read_csv
from tests.reports.example_run import HOSTILE_NAMES, example_run

CREDENTIALS = example_run(300).credentials


def instruction(name: str, *, kind: str = "credential", project: str = "P", location: str = "") -> str:
    return how_to_reenter(
        system="cloudbees-cd",
        kind=kind,
        project=project,
        name=name,
        user_name="reports",
        location=location or f"/projects/{project}/credentials/{name}",
    )


def test_every_secret_to_enter_again_is_in_one_list() -> None:
    """The lists together are the rows to re-enter, each once, under its team, sorted by where to click."""
    lists = reentry_lists(CREDENTIALS)
    expected = CREDENTIALS.filter(pl.col("action") == "re-enter")
    together = pl.concat(lists.values())
    assert sorted(together["location"]) == sorted(expected["location"])
    assert list(lists) == sorted(lists)
    for team, rows in lists.items():
        assert rows.schema == REENTRY
        assert rows["team"].unique().to_list() == [team]
        assert rows.equals(rows.sort("system", "project", "location", maintain_order=True))
        assert set(rows["done"]) == {""}
    owned = expected.filter(pl.col("owner") == "").height
    assert lists[UNASSIGNED].height == owned > 0


def test_lists_leave_the_rest_of_a_folder_alone(tmp_path: Path) -> None:
    """In a folder of the user's own, other files and its mode stay; lists are private and read back."""
    (tmp_path / "costs.csv").write_text("mine")
    tmp_path.chmod(0o755)
    lists = reentry_lists(CREDENTIALS)
    paths = write_reentry_lists(tmp_path, lists)
    assert sorted(tmp_path.iterdir()) == sorted([*paths, tmp_path / "costs.csv"])
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    for path, rows in zip(paths, lists.values(), strict=True):
        assert path.stat().st_mode & 0o777 == 0o600
        assert read_csv(path.read_bytes(), REENTRY).equals(rows)


def test_nothing_to_enter_gives_no_list() -> None:
    """Without a row to re-enter there is no team and no list."""
    assert reentry_lists(CREDENTIALS.filter(pl.col("action") != "re-enter")) == {}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("credential", "ectool modifyCredential --projectName 'My P' --credentialName n --password"),
        ("email-config", "ectool modifyEmailConfig n --mailUserPassword"),
        ("directory-provider", "ectool modifyDirectoryProvider n --managerPassword"),
        ("devops-insight", "ectool setDevOpsInsightServerConfiguration --userName reports --password"),
        ("user", "ectool modifyUser n --password"),
    ],
)
def test_every_kind_has_its_command(kind: str, expected: str) -> None:
    """The last flag has no value: ectool then reads the secret from standard input."""
    assert instruction("n", kind=kind, project="My P") == expected


def test_a_plugin_configuration_is_named_by_its_path() -> None:
    """A credential under /plugins belongs to the plug-in's project, named by its path."""
    location = "/plugins/EC-JBoss/project/credentials/jboss cfg"
    assert instruction("jboss cfg", project="EC-JBoss", location=location) == (
        "ectool modifyCredential /plugins/EC-JBoss/project 'jboss cfg' --password"
    )


@pytest.mark.parametrize("name", ["--password", "", "line\nbreak", "\x1b[2J"])
def test_names_that_no_command_takes_get_the_web_page(name: str) -> None:
    """A name that begins with two dashes or holds control characters fits no command."""
    assert instruction(name).startswith("on the web page: ")
    assert instruction(name, kind="user").startswith("on the web page: ")
    assert instruction("n", kind="something-new").startswith("on the web page: ")


def run_in_shell(folder: Path, command: str) -> list[str]:
    """The arguments that ectool gets when a shell runs the command."""
    stub = folder / "ectool"
    stub.write_text('#!/bin/sh\nfor argument in "$@"; do printf "%s\\0" "$argument"; done\n')
    stub.chmod(0o700)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_hostile_names_are_inert_in_a_shell(tmp_path: Path) -> None:
    """Run by a shell, the command hands the name over as it is and does nothing else."""
    commands = {name: instruction(name) for name in (*HOSTILE_NAMES, "a'b\"c\\d", "`id`;$(id)&&id|id>x")}
    for name, command in commands.items():
        assert "\n" not in command
        if command.startswith("ectool"):
            arguments = run_in_shell(tmp_path, command)
            assert arguments == [
                "modifyCredential", "--projectName", "P", "--credentialName", name, "--password",
            ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["ectool"]


@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from(["credential", "user", "email-config", "x"]))
def test_an_instruction_is_one_line(name: str, project: str, kind: str) -> None:
    """Whatever the names, an instruction is one printable line."""
    assert instruction(name, kind=kind, project=project).isprintable()


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
    text = how_to_reenter(
        system="octopus", kind="document", project="", name="", user_name="", location=location
    )
    assert expected in text
