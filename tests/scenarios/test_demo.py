"""Somebody who has just installed the program looks at what it does."""

import json
from pathlib import Path
from typing import Any

from tests.support.program import passkey_audit


def test_demo(truth: dict[str, Any], tmp_path: Path) -> None:
    """The estate is made, audited and true; the page is there; 10, since there is something to do."""
    ended = passkey_audit("demo", "shown", cwd=tmp_path)
    folder = tmp_path / "shown"
    summary = json.loads((folder / "run" / "summary.json").read_bytes())
    assert ended.code == 10
    assert b"report: shown/run/report.html" in ended.out
    assert (folder / "run" / "report.html").stat().st_size > 100_000
    assert json.loads((folder / "estate" / "cloudbees-cd" / "truth.json").read_bytes()) == truth
    assert summary["total"] == len(truth["credentials"])
    assert sum(summary["findings"].values()) == len(truth["findings"])
    assert [key["fingerprint"] for key in summary["missing_keys"]] == [truth["missing_key"]]
    assert f"missing key {truth['missing_key']}: would save up to".encode() in ended.out
    assert [path.name for path in tmp_path.iterdir()] == ["shown"]


def test_demo_shows_both_products(tmp_path: Path) -> None:
    """The second run is Octopus', from the estate beside the first."""
    ended = passkey_audit("demo", "shown", cwd=tmp_path)
    truth = json.loads((tmp_path / "shown" / "estate" / "octopus" / "truth.json").read_bytes())
    summary = json.loads((tmp_path / "shown" / "run-octopus" / "summary.json").read_bytes())
    assert b"report: shown/run-octopus/report.html" in ended.out
    assert summary["system"] == "octopus"
    assert summary["total"] == len(truth["credentials"])


def test_demo_into_a_folder_that_is_no_demo(tmp_path: Path) -> None:
    """Somebody's own README is not overwritten."""
    (tmp_path / "estate").mkdir()
    readme = tmp_path / "estate" / "README.md"
    readme.write_text("# Mine")
    ended = passkey_audit("demo", tmp_path)
    assert ended.code == 1
    assert readme.read_text() == "# Mine"
    assert [path.name for path in tmp_path.rglob("*")] == ["estate", "README.md"]
