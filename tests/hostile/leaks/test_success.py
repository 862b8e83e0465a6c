"""Planted secrets are in nothing that a command says or writes when it comes to its end."""

import json
from pathlib import Path

import pytest

from tests.hostile.leaks.conftest import Watched
from tests.hostile.leaks.planted import Planted
from tests.support.terminal import on_a_terminal

STORES = ("export.xml", "table.csv", "table.parquet", "table.jsonl", "commander.sqlite")
FORMATS = ("table", "csv", "json", "parquet")


def test_the_search_sees_every_form(planted: Planted) -> None:
    """What is planted is found where it is, so that its absence elsewhere says something."""
    for path in ("export.xml", "table.csv", "table.jsonl", "commander.sqlite", "logs/commander.log"):
        found = planted.found_in((planted.folder / path).read_bytes())
        assert len([name for name in found if name.startswith("value")]) == 60
    secret = planted.secrets["password 7"]
    for form in (secret, secret.hex(), secret.decode().encode("utf-16-le")):
        said = b"x" + (form.encode() if isinstance(form, str) else form) + b"y"
        assert planted.found_in(said) == {"password 7"}


@pytest.mark.parametrize("store", STORES)
def test_audit(store: str, watched: Watched) -> None:
    """Verdicts of all kinds, from every kind of store, and logs that quote ciphertext."""
    ended = watched.run(
        *("audit", "logs", "--store", store, "--key", "keys", "--current", "current"),
        *("--owners", "owners.csv", "--out", "RUN"),
    )
    summary = json.loads((watched.written / "run" / "summary.json").read_bytes())
    assert ended.code == 10
    assert summary["verdicts"] == {
        "current": 25, "older-key": 25, "lost": 10, "damaged": 1, "plain-text": 1, "empty": 1
    }  # fmt: skip
    assert summary["findings"]["skipped-update"] == 61
    assert (
        watched.run("reentry", "RUN", "--owners", "owners.csv", "--out", watched.written / "lists").code == 10
    )


@pytest.mark.parametrize("table_format", FORMATS)
def test_scan_and_fingerprint(table_format: str, watched: Watched) -> None:
    """Ciphertext in log entries is masked, and keys are told by fingerprint alone."""
    option = ("--format", table_format)
    assert watched.run("scan", "logs", *option, "-o", watched.written / "found").code == 10
    assert watched.run("fingerprint", "keys", *option).code == 0


def test_layouts(watched: Watched) -> None:
    """Evidence for layouts, with key labels and no more."""
    watched.run("layouts", "--store", "export.xml", "--key", "keys", "--format", "json")


@pytest.mark.parametrize("reference", ["env:NAME", "cmd:cat keys/current", "file:keys/current"])
def test_keys_from_elsewhere(reference: str, watched: Watched) -> None:
    """Wherever the key comes from."""
    env = {"NAME": watched.planted.secrets["zip password"].decode()} if reference == "env:NAME" else {}
    arguments = ("--store", "export.xml", "--key", reference)
    assert watched.run("layouts", *arguments, env=env).code in {0, 3, 10}


def test_on_a_terminal(planted: Planted, tmp_path: Path) -> None:
    """Progress bars and all."""
    arguments = (
        "--store",
        "export.xml",
        "--key",
        "keys",
        "--owners",
        "owners.csv",
        "--out",
        tmp_path / "run",
    )
    code, shown = on_a_terminal("audit", "logs", *arguments, cwd=planted.folder)
    assert code == 10
    assert b"to re-enter" in shown
    assert planted.found_in(shown) == set()
