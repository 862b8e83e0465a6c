"""Values of a cipher that is not the product's lie among those of the samples."""

import base64
import csv
import json
import random
from pathlib import Path
from typing import Any

import polars as pl
from Crypto.Cipher import DES3
from Crypto.Util.Padding import pad

from tests.support.program import ESTATE, passkey_audit

PLACE = "/plugins/EC-EC2/project/credentials/foreign-{}"


def foreign_value(chance: random.Random) -> str:
    """Base64 of a vector of 8 bytes and 3DES-CBC: 40 or 56 bytes, no whole blocks of AES."""
    vector, secret = chance.randbytes(8), base64.b64encode(chance.randbytes(chance.choice((21, 30))))
    cipher = DES3.new(bytes(range(1, 25)), DES3.MODE_CBC, iv=vector)
    return base64.b64encode(vector + cipher.encrypt(pad(secret, 8))).decode()


def test_what_nobody_knows_is_unknown(tmp_path: Path) -> None:
    """Nothing is said of them, not that they are damaged and not that they are lost; what opens, opens."""
    chance = random.Random(20210206)
    store, run = tmp_path / "store.csv", tmp_path / "run"
    with (ESTATE / "store" / "credentials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    foreign = {PLACE.format(n): foreign_value(chance) for n in range(12)}
    with store.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        for place, value in foreign.items():
            writer.writerow({"kind": "credential", "name": place[-2:], "value": value, "location": place})
    ended = passkey_audit("audit", "--store", store, "--key", "keys", "--current", "passkey", "--out", run)
    assert ended.code == 10
    told = dict(pl.read_parquet(run / "credentials.parquet").select("location", "verdict").iter_rows())
    assert {told[place] for place in foreign} == {"unknown"}
    truth: dict[str, Any] = json.loads((ESTATE / "truth.json").read_bytes())["credentials"]
    for place, row in truth.items():
        if row["opened_by"]:
            assert (place, told[place]) == (place, row["verdict"])
