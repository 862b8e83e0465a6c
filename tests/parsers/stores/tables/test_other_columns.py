"""Columns of table files that have no role: what looks like ciphertext in them is told."""

import csv
import json
import random
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from parsers.stores.interface import Uncovered
from tests.parsers.stores.reading import events, rows

COUNT = 3_000
CHANCE = random.Random(3)
ROWS: list[dict[str, str]] = [
    {
        "id": b64encode(CHANCE.randbytes(16)).decode(),
        "name": f"c{number}",
        "value": b64encode(CHANCE.randbytes(32)).decode(),
        "other_password": urlsafe_b64encode(CHANCE.randbytes(32)).decode() if number == 2_900 else "",
        "note": f"see https://ci.example.com/job/Production/build/{number}/Console-output",
        "settings": json.dumps({"token": b64encode(CHANCE.randbytes(16)).decode(), "Project": "Demo"}),
    }
    for number in range(COUNT)
]


def as_csv(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)


def as_json_lines(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))


def as_parquet(path: Path) -> None:
    pl.DataFrame(ROWS).write_parquet(path)


@pytest.mark.parametrize("write", [as_csv, as_json_lines, as_parquet])
def test_other_columns_are_searched(write: Callable[[Path], None], tmp_path: Path) -> None:
    """To the last row; the columns that have a role, keys and ordinary text are left out."""
    path = tmp_path / "store"
    write(path)
    found = {each.place: (each.count, each.form) for each in events(path) if isinstance(each, Uncovered)}
    assert found == {"other_password": (1, "base64url"), "settings": (COUNT, "base64 in text")}
    assert rows(path).height == COUNT


def test_members_of_members(tmp_path: Path) -> None:
    """JSON Lines and Parquet nest: the place says how."""
    secret = b64encode(CHANCE.randbytes(16)).decode()
    row = {
        "name": "c",
        "value": "x",
        "more": {"keys": [{"secret": secret}, {"secret": secret}], "plain": "text"},
    }
    lines, parquet = tmp_path / "s.jsonl", tmp_path / "s.parquet"
    lines.write_text(json.dumps(row) + "\n")
    pl.DataFrame([row]).write_parquet(parquet)
    for path in (lines, parquet):
        found = [(each.place, each.count) for each in events(path) if isinstance(each, Uncovered)]
        assert found == [("more.keys[].secret", 2)]


def test_rows_before_a_fault_count(tmp_path: Path) -> None:
    """What was read before a quote that never closes is told."""
    path = tmp_path / "s.csv"
    secret = b64encode(CHANCE.randbytes(16)).decode()
    path.write_text(f'name,value,more\na,x,{secret}\nb,y,"{secret}\n')
    found = [(each.place, each.count) for each in events(path) if isinstance(each, Uncovered)]
    assert found == [("more", 1)]
