"""The first things that anybody types."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from audit.cli.app import app
from tests.support.program import ESTATE, PROGRAM, passkey_audit

COMMANDS = [command.name for command in app.registered_commands]


def test_all_commands_are_listed() -> None:
    """In the order of an investigation, each with a word about it."""
    listed = passkey_audit("--help").out.decode().partition("Commands:\n")[2].splitlines()[: len(COMMANDS)]
    assert [line.split(maxsplit=1)[0] for line in listed] == COMMANDS
    assert {"scan", "audit", "reentry", "fingerprint", "demo"} <= set(COMMANDS)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_has_an_example(command: str | None) -> None:
    """Each command's help shows a whole command line; nothing goes to standard error."""
    words = [command] if command else []
    ended = passkey_audit(*words, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Example: passkey-audit {command or ''}" in " ".join(ended.out.decode().split())


def test_version() -> None:
    """As the distribution says."""
    ended = passkey_audit("--version")
    assert (ended.code, ended.out.decode(), ended.err) == (
        0,
        f"passkey-audit {version('passkey-audit')}\n",
        "",
    )


def test_as_a_module() -> None:
    """`python -m audit` is the same program."""
    command = [sys.executable, "-m", "audit", "fingerprint", str(ESTATE / "keys")]
    ended = subprocess.run(command, check=True, capture_output=True, cwd=ESTATE.parents[1])
    assert ended.stdout == passkey_audit("fingerprint", ESTATE / "keys").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    """The script for a shell is printed, and completes commands."""
    shown = passkey_audit(env={"_PASSKEY_AUDIT_COMPLETE": f"source_{shell}"})
    assert shown.code == 0
    assert b"_PASSKEY_AUDIT_COMPLETE=complete_" + shell.encode() in shown.out


def test_bash_completes() -> None:
    """The script, taken by bash, offers `fingerprint` for `fi`."""
    script = passkey_audit(env={"_PASSKEY_AUDIT_COMPLETE": "source_bash"}).out.decode()
    typed = f"COMP_WORDS=({PROGRAM} fi); COMP_CWORD=1; _passkey_audit_completion {PROGRAM}"
    command = ["bash", "-c", f'{script}\n{typed}; echo "${{COMPREPLY[@]}}"']
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"fingerprint\n"
