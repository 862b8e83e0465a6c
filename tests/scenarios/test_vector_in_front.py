"""A store of another form than the samples: each value has a vector of its own in front of it."""

import base64
import csv
import json
import random
import subprocess
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from tests.support.program import passkey_audit
from tests.support.programs import need
from tests.support.sealing import passwords, seal

FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
OLD: Final = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
COUNTS: Final = {"current": 60, "older": 20, "gone": 6}
VERDICTS: Final = {"current": "current", "older": "older-key", "gone": "lost"}


class Estate:
    """A table of passwords under three keys, two of which are at hand: 256 bits in front, 128 bits in ECB."""

    def __init__(self, folder: Path) -> None:
        chance = random.Random(20200404)
        self.store, self.keys, self.run = folder / "store.csv", folder / "keys", folder / "run"
        self.secrets = {label: chance.randbytes(32 if label == "current" else 16) for label in COUNTS}
        self.keys.mkdir()
        for label in ("current", "older"):
            (self.keys / label).write_bytes(self.secrets[label])
            (self.keys / label).chmod(0o600)
        labels = [label for label, count in COUNTS.items() for _ in range(count)]
        texts = passwords(len(labels), chance, longest=60)
        self.plain = {f"{label}-{n}": text for n, (label, text) in enumerate(zip(labels, texts, strict=True))}
        with self.store.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("kind", "project", "name", "value"))
            for name, text in self.plain.items():
                label = name.split("-")[0]
                layout = FRONT if label == "current" else OLD
                value = seal(layout, self.secrets[label], text.ljust(12, b"~"), chance).decode()
                writer.writerow(("credential", "P", name, value))

    def audit(self, store: Path, run: Path) -> list[dict[str, Any]]:
        """The credentials of a run."""
        words = ("--store", store, "--key", self.keys, "--current", "current", "--out", run)
        ended = passkey_audit("audit", *words, "--quiet")
        assert ended.code == 10, ended.err
        return pl.read_parquet(run / "credentials.parquet").rows(named=True)


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


def test_verdicts_and_layouts(estate: Estate) -> None:
    """Each value is judged by its own key; those with a vector in front are said to have one."""
    rows = estate.audit(estate.store, estate.run)
    assert len(rows) == sum(COUNTS.values())
    for row in rows:
        label = row["name"].split("-")[0]
        assert (row["name"], row["verdict"]) == (row["name"], VERDICTS[label])
        assert row["opened_by"] == (label if label != "gone" else "")
        if label == "current":
            assert row["layout"] == FRONT.name
    words = ("--store", estate.store, "--key", estate.keys, "--format", "json")
    told: list[dict[str, Any]] = json.loads(passkey_audit("layouts", *words).out)
    assert {row["layout"] for row in told if row["key"] == "current" and row["established"]} == {FRONT.name}


def test_reencrypted_with_a_new_vector_each(estate: Estate, tmp_path: Path) -> None:
    """What was in ECB under the older key gets vectors in front, as openssl confirms."""
    estate.audit(estate.store, estate.run)
    out = tmp_path / "out.csv"
    words = ("--store", estate.store, "--key", estate.keys, "--to", "current", "--out", out)
    assert passkey_audit("reencrypt", estate.run, *words, "--apply", "--yes").code == 10
    with out.open(newline="") as file:
        values = {row["name"]: base64.b64decode(row["value"]) for row in csv.DictReader(file)}
    older = [name for name in values if name.startswith("older")]
    assert len({values[name][:16] for name in older}) == COUNTS["older"]
    for name in older:
        assert by_openssl(values[name], estate.secrets["current"]) == estate.plain[name].ljust(12, b"~")


def by_openssl(value: bytes, key: bytes) -> bytes:
    command = [need("openssl"), "enc", "-d", "-aes-256-cbc", "-K", key.hex(), "-iv", value[:16].hex()]
    return subprocess.run(command, input=value[16:], capture_output=True, check=True).stdout
