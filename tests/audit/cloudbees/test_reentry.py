"""The commands, and the text of the scripts; `tests/hostile/scripts` runs those."""

import os
import subprocess
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cloudbees.reentry import ectool_script, how_to_reenter
from reports.product_guide import LostSecret
from reports.reentry import reentry_lists
from tests.reports.example_run import GUIDES, HOSTILE_NAMES, example_run

ROWS = reentry_lists(example_run(300).credentials.with_columns(owner=pl.lit("T")), GUIDES)["T"]


def calls(script: str) -> list[str]:
    """What stands behind the functions; a name may break a line."""
    return script.partition("\nstart\n")[2].splitlines()


def test_one_call_a_secret() -> None:
    """In the order of the list, and once for what two stores hold differently."""
    script = ectool_script("T", "t", ROWS)
    assert f" total={ROWS.height} " in script
    assert len([line for line in calls(script) if line.startswith(("enter ", "on_page "))]) == ROWS.height
    assert ectool_script("T", "t", pl.concat([ROWS, ROWS.reverse()])) == script


def test_a_name_of_a_team_is_text() -> None:
    """It stands in quotes, and what a terminal would obey is escaped."""
    script = ectool_script("a'; touch attacked; '\n\x1b[2J", "t", ROWS.head(0))
    assert """team='a'"'"'; touch attacked; '"'"'\\n\\x1b[2J' total=0 log_name=t.log""" in script
    assert calls(script) == []


def instruction(name: str, *, kind: str = "credential", project: str = "P", location: str = "") -> str:
    return how_to_reenter(
        LostSecret(
            kind=kind,
            project=project,
            name=name,
            user_name="reports",
            location=location or f"/projects/{project}/credentials/{name}",
        )
    )


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
