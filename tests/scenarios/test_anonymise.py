"""An administrator hands a run to the vendor's support."""

import json
from pathlib import Path

import polars as pl
import pytest

from reports.run_folder import read_run_folder
from tests.scenarios.conftest import AuditRun
from tests.support.program import passkey_audit

pytestmark = pytest.mark.xdist_group("audit_runs")

TELLING = (
    "Müller",
    "Firmware Lab",
    "Legacy Billing",
    "cd-kestrel",
    "CDMERLIN",
    "example.com",
    "Fahrer-Zugang",
)


def test_the_bundle(export_run: AuditRun, tmp_path: Path) -> None:
    """A whole run folder of its own, in which no name of the estate stands, and which tells the same."""
    out = tmp_path / "bundle"
    ended = passkey_audit("anonymise", export_run.folder, "--out", out)
    assert ended.code == 0, ended.err
    assert "read it before you hand it over" in ended.err
    assert {path.name for path in out.iterdir()} == {path.name for path in export_run.folder.iterdir()}
    assert oct(out.stat().st_mode & 0o777) == "0o700"
    before, after = read_run_folder(export_run.folder), read_run_folder(out)
    assert after.summary.verdicts == before.summary.verdicts
    texts = [path.read_text() for path in out.rglob("*") if path.suffix in {".html", ".json", ".csv"}]
    texts += [
        json.dumps(pl.read_parquet(path).to_dicts(), ensure_ascii=False) for path in out.glob("*.parquet")
    ]
    names = [path.name for path in out.rglob("*")]
    told = "\n".join([*texts, *names]).lower()
    assert len(texts) > 8
    assert [name for name in TELLING if name.lower() in told] == []
    original = (export_run.folder / "report.html").read_text()
    assert all(name in original for name in TELLING)


def test_the_bundle_beside_the_run(tmp_path: Path) -> None:
    """`audit --anonymise` writes both folders at once; the second is what `anonymise` makes of the first."""
    run, beside, later = tmp_path / "run", tmp_path / "beside", tmp_path / "later"
    passkey_audit(
        *("audit", "--store", "store/export.xml", "--key", "keys", "--out", run, "--anonymise", beside, "-q")
    )
    passkey_audit("anonymise", run, "--out", later, "-q")
    files = sorted(path.relative_to(later) for path in later.rglob("*") if path.is_file())
    assert len(files) > 6
    assert all((beside / file).read_bytes() == (later / file).read_bytes() for file in files)


def test_the_run_itself_is_not_replaced(export_run: AuditRun, tmp_path: Path) -> None:
    """The folder of the run is no place for its anonymous copy."""
    run = tmp_path / "run"
    given = ("audit", "--store", "store/export.xml", "--key", "keys", "--out", run)
    assert passkey_audit(*given, "--anonymise", f"{tmp_path}/./run").code == 2
    assert not run.exists()
    before = (export_run.folder / "summary.json").read_bytes()
    assert passkey_audit("anonymise", export_run.folder, "--out", export_run.folder).code == 2
    assert (export_run.folder / "summary.json").read_bytes() == before


def test_what_is_no_run(tmp_path: Path) -> None:
    """Without a run folder nothing is written."""
    ended = passkey_audit("anonymise", tmp_path, "--out", tmp_path / "bundle")
    assert ended.code == 1
    assert not (tmp_path / "bundle").exists()
