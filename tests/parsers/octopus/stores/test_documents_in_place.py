"""Octopus' documents in a SQLite file: only the cipher strings change."""

import gzip
import json
import sqlite3
from pathlib import Path

import pytest

from parsers.stores.open import open_store
from parsers.stores.store_writer import BlockerKind, ChangeOutcome, StoredCiphertext, ValueChange
from tests.parsers.stores.database.changing.rows_to_change import back, opened
from tests.parsers.stores.reading import rows_of

OLD = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="
NEW = "4PUkRMwszTJHqTxWj+TrNQ==|AAECAwQFBgcICQoLDA0ODw=="
ESCAPED = OLD.replace("+", "\\u002B").replace("/", "\\/")


def to_new(record: str, old: str = OLD, new: str = NEW) -> ValueChange:
    return ValueChange(record, StoredCiphertext(old.encode()), StoredCiphertext(new.encode()))


def store_of(path: Path, documents: dict[str, str | bytes]) -> str:
    """A file with one account for each document, as text or as bytes in `JSONBlob`."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE Account (Id TEXT PRIMARY KEY, Name TEXT, JSON TEXT, JSONBlob BLOB)")
        for id_, document in documents.items():
            cells = (document, None) if isinstance(document, str) else (None, document)
            connection.execute("INSERT INTO Account VALUES (?, ?, ?, ?)", (id_, id_, *cells))
    connection.close()
    return str(path)


def documents(path: str) -> dict[str, str | bytes]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT Id, coalesce(JSON, JSONBlob) FROM Account").fetchall()
    connection.close()
    return dict(rows)


TEXT = (
    '{ "Password" :"' + OLD + '",\r\n "Token": "' + ESCAPED + '",\t"SecretKey":"' + OLD + '",'
    '"Note":"\\u00e9 é 😀 \\ud83d\\ude00 \\/ 1.50e+01", "Z":1.50e+01,"Other":"' + OLD + '"}'
)


def test_every_other_byte_stays(tmp_path: Path) -> None:
    """The same cipher stands four times, once with escapes: those that are meant change, and nothing else."""
    path = store_of(tmp_path / "o.sqlite", {"Accounts-1": TEXT, "Accounts-2": TEXT})
    changes = [to_new(f"Account:Accounts-1#/{name}") for name in ("SecretKey", "Token", "Password")]
    store = opened(path)
    assert store.replace(changes) == [ChangeOutcome.CHANGED] * 3
    head, tail = TEXT.split(',"Other"')
    expected = head.replace(OLD, NEW).replace(ESCAPED, NEW) + ',"Other"' + tail
    assert documents(path) == {"Accounts-1": expected, "Accounts-2": TEXT}
    assert store.replace(changes) == [ChangeOutcome.ALREADY] * 3
    assert store.replace(back(changes)) == [ChangeOutcome.CHANGED] * 3
    assert documents(path)["Accounts-1"] == TEXT.replace(ESCAPED, OLD)


def test_records_of_the_reader_are_found_again(tmp_path: Path) -> None:
    """What is read is present, whatever ids and names look like."""
    odd = json.dumps({"Password": OLD, "a/b~": [{"#/": OLD}], "\ud800": OLD, "JsonKey": None})
    path = store_of(tmp_path / "o.sqlite", {"Accounts#/1": odd, "é:\n": TEXT})
    rows = rows_of(open_store(path))
    assert rows.height == 8
    present = opened(path).present(rows["record"].to_list())
    assert {record: value.value for record, value in present.items()} == {
        record: value or b"" for record, value in rows.select("record", "value").rows()
    }


def test_compressed_documents(tmp_path: Path) -> None:
    """A `JSONBlob` is gzip of UTF-16LE before and after, and holds the same text once it is put back."""
    blob = gzip.compress(TEXT.encode("utf-16-le"))
    path = store_of(tmp_path / "o.sqlite", {"Accounts-1": blob})
    store = opened(path)
    changes = [to_new("Account:Accounts-1#/Other")]
    assert store.replace(changes) == [ChangeOutcome.CHANGED]
    assert text_of(path) == TEXT.replace('"Other":"' + OLD, '"Other":"' + NEW)
    assert store.replace(back(changes)) == [ChangeOutcome.CHANGED]
    assert text_of(path) == TEXT


def text_of(path: str) -> str:
    [content] = documents(path).values()
    assert isinstance(content, bytes)
    return gzip.decompress(content).decode("utf-16-le")


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        ("{}", ChangeOutcome.GONE),
        ('{"Password":1}', ChangeOutcome.GONE),
        ('{"Password":"x", "Password":"y"}', ChangeOutcome.GONE),
        ("no document", ChangeOutcome.GONE),
        ("", ChangeOutcome.GONE),
        (b"no gzip", ChangeOutcome.GONE),
        ('{"Password":"other"}', ChangeOutcome.DIFFERS),
        ('{"Password":null}', ChangeOutcome.DIFFERS),
        (f'{{"Password":"{NEW}"}}', ChangeOutcome.ALREADY),
    ],
)
def test_what_is_not_there_stays(tmp_path: Path, document: str | bytes, outcome: ChangeOutcome) -> None:
    """A document that is another than before is left alone, and one beside it changes."""
    path = store_of(tmp_path / "o.sqlite", {"Accounts-1": document, "Accounts-2": TEXT})
    changes = [to_new("Account:Accounts-1#/Password"), to_new("Account:Accounts-2#/Password")]
    assert opened(path).replace(changes) == [outcome, ChangeOutcome.CHANGED]
    assert documents(path)["Accounts-1"] == document


@pytest.mark.parametrize(
    "record", ["Nothing:Accounts-1#/Password", "Account:Accounts-9#/Password", "Account", "", "a:b"]
)
def test_records_that_lead_nowhere(tmp_path: Path, record: str) -> None:
    """They are told beforehand."""
    path = store_of(tmp_path / "o.sqlite", {"Accounts-1": TEXT})
    store = opened(path)
    [blocker] = store.blockers([to_new(record), to_new("Account:Accounts-1#/Password")])
    assert (blocker.kind, blocker.records) == (BlockerKind.NOT_FOUND_AGAIN, (record,))
    assert store.replace([to_new(record)]) == [ChangeOutcome.GONE]


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 cannot stand in a document."""
    path = store_of(tmp_path / "o.sqlite", {"Accounts-1": TEXT})
    change = ValueChange(
        "Account:Accounts-1#/Password", StoredCiphertext(OLD.encode()), StoredCiphertext(b"\xff")
    )
    [blocker] = opened(path).blockers([change])
    assert (blocker.kind, blocker.records) == (BlockerKind.NOT_WRITTEN_PLAINLY, (change.record,))
