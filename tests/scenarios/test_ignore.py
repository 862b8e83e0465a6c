"""A team has agreed to live with something until a date."""

import json
from pathlib import Path

import polars as pl

from tests.support.program import Ended, passkey_audit


def audit(out: Path, ignore_file: Path) -> Ended:
    return passkey_audit(
        *("audit", "--store", "store/commander.sqlite", "--key", "keys", "--owners", "owners.csv"),
        *("--ignore", ignore_file, "--out", out),
    )


def test_from_the_file_to_the_run_folder(tmp_path: Path) -> None:
    """What a rule ignores is on no list and needs no action; an expired rule is told, no more."""
    rules = tmp_path / "ignore.csv"
    rules.write_text(
        "pattern,reason,expires\n"
        "/projects/Firmware Lab/*,labs are closed,9999-12-31\n"
        "/projects/Legacy Billing/*,old,2001-01-01\n"
    )
    ended = audit(tmp_path / "run", rules)
    assert ended.code == 10, ended.err
    frame = pl.read_parquet(tmp_path / "run" / "credentials.parquet")
    lab = frame.filter(pl.col("project") == "Firmware Lab")
    assert set(lab["verdict"]) >= {"lost"}
    assert set(lab["action"]) == {"none"}
    assert (
        lab.filter(pl.col("verdict") == "lost")["reason"]
        .str.starts_with("ignored until 9999-12-31: labs are closed (")
        .all()
    )
    assert "re-enter" in set(frame.filter(pl.col("project") == "Legacy Billing")["action"])
    summary = json.loads((tmp_path / "run" / "summary.json").read_bytes())
    ignored = lab.filter(pl.col("reason").str.starts_with("ignored")).height
    assert [(each["credentials"], each["expired"]) for each in summary["ignored"]] == [
        (ignored, False),
        (0, True),
    ]
    assert f"until 9999-12-31: ignores {ignored}" in ended.out.decode()
    assert "until 2001-01-01: expired" in ended.out.decode()
    lists = "".join(path.read_text() for path in (tmp_path / "run" / "reentry").glob("*.csv"))
    assert "Firmware Lab" not in lists
    assert "Legacy Billing" in lists


def test_all_of_it(tmp_path: Path) -> None:
    """Where everything is ignored, nothing needs attention: exit code 0."""
    rules = tmp_path / "ignore.toml"
    rules.write_text("[[ignore]]\npattern = '*'\nreason = 'a test system'\nexpires = 9999-12-31\n")
    assert audit(tmp_path / "run", rules).code == 0


def test_a_broken_file(tmp_path: Path) -> None:
    """Nothing is audited under a broken ignore file, and nothing is written."""
    rules = tmp_path / "ignore.csv"
    rules.write_text("pattern,reason,expires\n*,,9999-12-31\n")
    ended = audit(tmp_path / "run", rules)
    assert ended.code == 1
    assert "row 2 of the ignore file has no reason" in ended.err
    assert not (tmp_path / "run").exists()
