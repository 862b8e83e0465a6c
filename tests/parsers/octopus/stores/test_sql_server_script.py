"""Scripts of INSERT statements as SQL Server's tools write them."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.octopus.stores.sql_server_script import InsertedRow, SqlServerScript, UnreadStatement
from parsers.stores.interface import Uncovered
from parsers.stores.open import open_store
from parsers.stores.sql_dump.window import SqlWindow
from parsers.unread import Unread
from tests.parsers.octopus.stores.places import PLACES, rows
from tests.parsers.stores.reading import events, rows_of
from tests.support.octopus import script

VALUE = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="

TRICKY = """\
-- INSERT INTO [dbo].[Account] ([Id]) VALUES (N'in a comment')
/* INSERT INTO [dbo].[Account] ([Id]) VALUES (N'in another') */
SET IDENTITY_INSERT [dbo].[Account] ON
PRINT N'INSERT INTO [dbo].[Account] ([Id]) VALUES (N''in a string'')'
GO
INSERT [dbo].[Account] ([Id], [Na]]me], [N], [When], [Blob], [JSON]) VALUES
  (N'it''s', N'a
GO
b, (c)', -1.5e3, CAST(N'2024-01-02T03:04:05' AS DateTime2), 0x1F8B, NULL),
  ('two', N'' , 2, CAST(0x0000A5 AS DateTime), NULL, N'{"a":' + N'1}')
INSERT INTO Account (Id, JSON) SELECT Id, JSON FROM Other
insert into "dbo"."Account" ("Id", JSON) values (N'last', N'ünïcode')
"""
EXPECTED = [
    {
        "id": "it's",
        "na]me": "a\nGO\nb, (c)",
        "n": "-1.5e3",
        "when": "2024-01-02T03:04:05",
        "blob": b"\x1f\x8b",
        "json": None,
    },
    {"id": "two", "na]me": "", "n": "2", "when": b"\0\0\xa5", "blob": None, "json": '{"a":1}'},
    {"id": "last", "json": "ünïcode"},
]


def read(text: str, size: int) -> Iterator[InsertedRow | UnreadStatement]:
    data = text.encode()
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return SqlServerScript(SqlWindow(pieces)).read()


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_rows(size: int) -> None:
    """Literals, quoted names, casts and several rows are read, whatever the pieces; nothing else is a row."""
    found = [row for row in read(TRICKY, size) if isinstance(row, InsertedRow)]
    assert [row.cells for row in found] == EXPECTED
    assert {row.table for row in found} == {"Account"}


@pytest.mark.parametrize("end", range(len(TRICKY) - 40, len(TRICKY) - 2))
def test_cut_off(end: int) -> None:
    """A script that ends in a row gives the rows before it, and says so."""
    found = list(read(TRICKY[:end], 1 << 20))
    assert [row.cells for row in found if isinstance(row, InsertedRow)] == EXPECTED[:2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    """A script is read alike in every encoding that the tools write."""
    values = [VALUE] * len(PLACES)
    plain = rows_of(open_store(str(script(tmp_path / "plain.sql", rows(values)))))
    found = rows_of(open_store(str(script(tmp_path / "other.sql", rows(values), encoding=encoding))))
    assert found.height == len(PLACES)
    assert found.drop("store").equals(plain.drop("store"))


def test_rows_that_do_not_fit_are_told(tmp_path: Path) -> None:
    """Too few values, no column list, a row that is cut off: each is named with its place."""
    path = tmp_path / "bad.sql"
    path.write_text(
        f"GO\nINSERT INTO [dbo].[Account] ([Id], [JSON]) VALUES (N'a')\nGO\n"
        f"INSERT INTO [dbo].[Account] VALUES (N'a', N'b')\nGO\n"
        f"INSERT INTO [dbo].[Account] ([Id], [JSON]) VALUES (N'Accounts-1', N'{{\"Token\":\"{VALUE}\"}}')\n"
        "GO\n"
        f"INSERT INTO [dbo].[Account] ([Id], [JSON]) VALUES (N'Accounts-2', N'{{\"Tok"
    )
    reasons = [each.reason for each in events(path) if isinstance(each, Unread)]
    assert ["1 values for 2" in reasons[0], "does not name" in reasons[1], "cut off" in reasons[2]] == [
        True
    ] * 3
    assert rows_of(open_store(str(path)))["location"].to_list() == ["Accounts-1/Token"]


def test_cut_off_in_compressed(tmp_path: Path) -> None:
    """What was read before a file breaks off counts, uncovered places too."""
    path = tmp_path / "store.sql.gz"
    document = f"INSERT INTO [dbo].[New] ([Id], [JSON]) VALUES (N'New-1', N'{{\"Key\":\"{VALUE}\"}}')\nGO\n"
    noise = "".join(f"-- {random.Random(at).random()}\n" for at in range(20_000))
    whole = gzip.compress((document + noise).encode())
    path.write_bytes(whole[: len(whole) // 2])
    told = events(path)
    assert [each.place for each in told if isinstance(each, Uncovered)] == ["New.Key"]
    assert [each.partial for each in told if isinstance(each, Unread)] == [True]
    assert rows_of(open_store(str(path))).height == 1


def test_noise_is_no_trouble() -> None:
    """Random bytes end in rows or reasons, never in an exception, and in time."""
    chance = random.Random("noise")
    alphabet = "INSERT VALUES()[]'\"-/*N,;\n\\xé"
    for _ in range(300):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, 400)))
        for row in read(f"{text}{TRICKY}", 64):
            assert isinstance(row, InsertedRow | UnreadStatement)
