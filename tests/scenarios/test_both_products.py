"""One run over both products, as an administrator of both would make it."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support.program import ESTATE, passkey_audit

SAMPLES = ESTATE.parent

STORES = (
    *("--store", "cloudbees-cd/store/commander.sqlite", "--store", "octopus/store/octopus.sqlite"),
    *("--key", "cloudbees-cd/keys", "--key", "before=octopus/keys/before.txt"),
    *("--key", "heron=octopus/keys/octo-heron/Server.linux.config"),
)


@pytest.mark.parametrize(
    ("more", "current"),
    [
        (("--rotation-report", "octopus/rotation-report.txt"), {"passkey", "heron"}),
        (("--current", "heron"), {"passkey", "heron"}),
        (("--current", "passkey-9.1"), {"passkey-9.1"}),
        ((), {"passkey"}),
    ],
)
def test_each_product_has_its_current_key(more: tuple[str, ...], current: set[str], tmp_path: Path) -> None:
    """The database names the passkey, a report or the user the master key: each for its own values."""
    ended = passkey_audit("audit", *STORES, *more, "--out", tmp_path / "run", cwd=SAMPLES)
    summary: dict[str, Any] = json.loads((tmp_path / "run" / "summary.json").read_bytes())
    assert {key["label"] for key in summary["keys"] if key["current"]} == current
    surely = (pl.col("opened_by") != "") & (pl.col("verdict") != "ambiguous")
    opened = pl.read_parquet(tmp_path / "run" / "credentials.parquet").filter(surely)
    expected = pl.when(pl.col("opened_by").is_in(list(current))).then(pl.lit("current"))
    assert opened.filter(pl.col("verdict") != expected.otherwise(pl.lit("older-key"))).is_empty()
    of_octopus = opened.filter(pl.col("system") == "octopus")
    unsure = of_octopus["reason"].str.contains("which key is current is not known", literal=True)
    assert unsure.all() if "heron" not in current else not unsure.any()
    assert ("stayed under" in ended.err) == ("heron" in current)


def test_logs_of_one_product(tmp_path: Path) -> None:
    """What of the other product is lost is not called unheard of."""
    passkey_audit("audit", "octopus/logs", *STORES, "--out", tmp_path / "run", cwd=SAMPLES)
    frame = pl.read_parquet(tmp_path / "run" / "credentials.parquet")
    silent = frame.filter(pl.col("disagreement") == "lost-but-not-logged")
    assert set(silent["system"]) == {"octopus"}
    assert frame.filter((pl.col("verdict") == "lost") & (pl.col("system") == "cloudbees-cd")).height


def test_rotation_of_one_product() -> None:
    """The order of a rotation counts what Octopus has, and nothing of the other product."""
    ended = passkey_audit("readiness", *STORES, "--current", "heron", cwd=SAMPLES)
    (step,) = (line for line in ended.out.decode().splitlines() if "the key in use does not open" in line)
    truth = json.loads((SAMPLES / "octopus" / "truth.json").read_bytes())["credentials"]
    closed = sum(row["verdict"] not in {"current", "empty"} for row in truth.values())
    assert f": {closed} values in" in step
