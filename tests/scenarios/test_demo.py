"""Somebody who has just installed the program looks at what it does."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from audit.cli.demo_command import unpack_estates
from tests.support.program import Ended, passkey_audit

pytestmark = pytest.mark.xdist_group("demo")  # one worker runs it, once


@pytest.fixture(scope="module")
def started_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def ended(started_in: Path) -> Ended:
    """`demo shown`, run once."""
    return passkey_audit("demo", "shown", cwd=started_in)


def test_demo(truth: dict[str, Any], started_in: Path, ended: Ended) -> None:
    """The estate is unpacked, audited and true; the page is there; 10, since there is something to do."""
    folder = started_in / "shown"
    summary = json.loads((folder / "run" / "summary.json").read_bytes())
    assert ended.code == 10
    assert b"report: shown/run/report.html" in ended.out
    assert (folder / "run" / "report.html").stat().st_size > 100_000
    assert json.loads((folder / "estate" / "cloudbees-cd" / "truth.json").read_bytes()) == truth
    assert summary["total"] == len(truth["credentials"])
    assert sum(summary["findings"].values()) == len(truth["findings"])
    assert [key["fingerprint"] for key in summary["missing_keys"]] == [truth["missing_key"]]
    assert f"missing key {truth['missing_key']}: would save up to".encode() in ended.out
    assert [path.name for path in started_in.iterdir()] == ["shown"]


def test_demo_shows_both_products(started_in: Path, ended: Ended) -> None:
    """The second run is Octopus', from the estate beside the first."""
    truth = json.loads((started_in / "shown" / "estate" / "octopus" / "truth.json").read_bytes())
    summary = json.loads((started_in / "shown" / "run-octopus" / "summary.json").read_bytes())
    assert b"report: shown/run-octopus/report.html" in ended.out
    assert summary["system"] == "octopus"
    assert summary["total"] == len(truth["credentials"])


@pytest.mark.parametrize("umask", [0o000, 0o377])
def test_what_is_unpacked_is_private(umask: int, tmp_path: Path) -> None:
    """Whatever the umask, key files have the mode that they should have, and so has what is beside them."""
    estate = tmp_path / "estate"
    before = os.umask(umask)
    try:
        unpack_estates(estate)
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o777 for path in (estate, *estate.rglob("*"))}
    assert modes[estate / "cloudbees-cd" / "keys" / "passkey"] == 0o600
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_unpacked_a_second_time(tmp_path: Path) -> None:
    """It goes over its own files, the changed ones too, and leaves others alone."""
    unpack_estates(tmp_path)
    truth, mine = tmp_path / "octopus" / "truth.json", tmp_path / "mine"
    before = truth.read_bytes()
    truth.write_text("changed")
    mine.write_text("kept")
    unpack_estates(tmp_path)
    assert truth.read_bytes() == before
    assert mine.read_text() == "kept"


def test_demo_into_a_folder_that_is_no_demo(tmp_path: Path) -> None:
    """Somebody's own README is not overwritten."""
    (tmp_path / "estate").mkdir()
    readme = tmp_path / "estate" / "README.md"
    readme.write_text("# Mine")
    refused = passkey_audit("demo", tmp_path)
    assert refused.code == 1
    assert "hint: name a new or an empty folder" in refused.err
    assert readme.read_text() == "# Mine"
    assert [path.name for path in tmp_path.rglob("*")] == ["estate", "README.md"]
