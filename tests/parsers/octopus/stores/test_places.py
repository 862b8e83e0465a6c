"""Every known place is read from every kind of store; an unknown one is read, and told."""

import gzip
import json
import random
from functools import cache
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest

from parsers.errors import StoreError
from parsers.octopus.stores.documents import MAX_DOCUMENT_BYTES
from parsers.octopus.stores.source import Row as SourceRow
from parsers.octopus.stores.source import as_document
from parsers.stores.interface import NotAudited, StoredValues, Uncovered
from parsers.stores.open import open_store
from parsers.unread import Unread
from tests.parsers.octopus.stores.places import PLACES, rows
from tests.parsers.stores.reading import events, rows_of
from tests.support.octopus import MAKERS, Row, sealed, sqlite_file

KEY = bytes(range(32))


@cache
def values() -> list[str]:
    """One for each place; the same each time."""
    chance = random.Random("places")
    return [sealed(KEY, f"secret {number}", chance.randbytes(16)) for number in range(len(PLACES))]


@pytest.mark.parametrize("name", MAKERS)
def test_every_place(name: str, tmp_path: Path) -> None:
    """Location, kind and value are right, nothing is uncovered, and nothing is unread."""
    path = MAKERS[name](tmp_path / name, rows(values()))
    found = rows_of(open_store(str(path)))
    expected = {
        f"{id_}/{place}": value.encode() for (_, id_, _, place), value in zip(PLACES, values(), strict=True)
    }
    assert dict(zip(found["location"], found["value"], strict=True)) == expected
    assert set(found["system"]) == {"octopus"}
    assert set(found["kind"]) == {"document"}
    assert not [each for each in events(path) if isinstance(each, Uncovered | Unread)]


def test_blobs(tmp_path: Path) -> None:
    """Documents in `JSONBlob` read like those in `JSON`, frozen ones too."""
    tables = frozenset(table for table, *_ in PLACES)
    plain = rows_of(open_store(str(sqlite_file(tmp_path / "plain.sqlite", rows(values())))))
    packed = rows_of(open_store(str(sqlite_file(tmp_path / "packed.sqlite", rows(values()), blob=tables))))
    assert packed.drop("store").equals(plain.drop("store"))


@pytest.mark.parametrize("name", MAKERS)
def test_unlisted_types(name: str, tmp_path: Path) -> None:
    """A value where nobody expects one is read all the same; its type is told, and how often it was met."""
    others = [
        Row(
            "ExtensionConfiguration",
            "authentication-new",
            {"Deep": [{"Thing": values()[0]}, {"Thing": values()[1]}]},
        ),
        Row("EventHook", "EventHooks-1", {"Header": {"Token": values()[2]}}),
        Row(
            "VariableSet",
            "variableset-Projects-1",
            {"Variables": [{"Name": "A", "Type": "String", "Value": values()[3]}]},
        ),
        Row("Account", "Accounts-1", {"Password": values()[4], "Notes": "no|value"}),
    ]
    path = MAKERS[name](tmp_path / name, others)
    told = {each.place: each.count for each in events(path) if isinstance(each, Uncovered)}
    assert told == {
        "ExtensionConfiguration[authentication-new].Deep[].Thing": 2,
        "EventHook.Header.Token": 1,
        "VariableSet.Variables[].Value": 1,
    }
    assert rows_of(open_store(str(path))).height == 5


@pytest.mark.parametrize("name", MAKERS)
def test_strings_within_strings(name: str, tmp_path: Path) -> None:
    """JSON as text, however often escaped, connection strings and scripts: counted, and no stored values."""
    first, second, *others = values()[:4]
    nested = json.dumps({"db": {"Password": first}, "mail": {"Password": second}})
    action = {
        "Parameters": nested,
        "Twice": json.dumps({"inner": nested.replace("+", "\\u002B").replace("/", "\\/")}),
        "Connection": f"Server=x;Password={others[0]};Encrypt=true",
        "Link": f"https://example.com/?secret={quote(others[1], safe='')}",
        "Script": "cat a.txt | grep -v b | sort",
    }
    mapped = Row("Account", "Accounts-1", {"Password": values()[4]})
    path = MAKERS[name](tmp_path / name, [mapped, Row("EventHook", "EventHooks-1", {"Action": action})])
    told = {each.place: each.count for each in events(path) if isinstance(each, Uncovered)}
    assert told == {
        "EventHook.Action.Parameters (in its text)": 2,
        "EventHook.Action.Twice (in its text)": 2,
        "EventHook.Action.Connection (in its text)": 1,
        "EventHook.Action.Link (in its text)": 1,
    }


def test_malformed_values_count_on_known_places(tmp_path: Path) -> None:
    """Whatever stands where an encrypted string belongs is a stored value; elsewhere it is none."""
    sound = values()[0]
    malformed = ["", None, "plain", "a|b", sound.partition("|")[0], f"{sound}|{sound}", "|"]
    accounts = [
        Row("Account", f"Accounts-{at}", {"Password": value, "Other": value})
        for at, value in enumerate(malformed)
    ]
    found = rows_of(open_store(str(sqlite_file(tmp_path / "o.sqlite", accounts))))
    assert found["value"].to_list() == [value.encode() if value else None for value in malformed]


def test_rest_export_says_nothing(tmp_path: Path) -> None:
    """`{"HasValue": true}` holds no value to test: said, not passed over."""
    path = sqlite_file(
        tmp_path / "o.sqlite", [Row("Account", "Accounts-1", {"Password": {"HasValue": True}})]
    )
    assert [each.reason for each in events(path) if isinstance(each, Unread)] == [
        "Accounts-1/Password: only whether there is a value, as the REST API reports"
    ]


BAD = ["{", '{"A": 1, "A": 2}', "NaN", "[]", '{"A": NaN}', '{"A":' * 100_000, '{"Password": "\\ud800|"}']


def test_damaged_documents_do_not_stop_the_others(tmp_path: Path) -> None:
    """Each is named with its reason, and every other document is read."""

    class Damaged(Row):
        """A row whose JSON is what it says."""

        @property
        def json(self) -> str:
            return str(self.columns["Name"])

    damaged = [Damaged("Account", f"Accounts-{at}", {}, {"Name": text}) for at, text in enumerate(BAD)]
    sound = Row("Account", "Accounts-99", {"Password": values()[0]}, {"Name": "sound"})
    path = sqlite_file(tmp_path / "o.sqlite", [*damaged, sound])
    found = events(path)
    reasons = [each.reason for each in found if isinstance(each, Unread)]
    assert [reason.partition(":")[0] for reason in reasons] == [f"Account 'Accounts-{at}'" for at in range(6)]
    frames = [each.frame for each in found if isinstance(each, StoredValues)]
    assert pl.concat(frames)["location"].to_list() == ["Accounts-6/Password", "Accounts-99/Password"]


def test_blob_documents_are_listed(tmp_path: Path) -> None:
    """A column whose encoding is not public is told as not audited."""
    path = sqlite_file(
        tmp_path / "o.sqlite",
        [Row("Account", "Accounts-1", {"Token": values()[0]}), Row("BlobDocument", "b", {})],
    )
    told = {each.place: each.reason for each in events(path) if isinstance(each, NotAudited)}
    assert "no public encoding" in told["BlobDocument"]


BLOBS = {
    "not gzip": b"not compressed",
    "cut off": gzip.compress('{"Token": 1}'.encode("utf-16-le"))[:-9],
    "no UTF-16": gzip.compress(b"abc"),
    "too large": gzip.compress(bytes(MAX_DOCUMENT_BYTES + 1)),
    "not JSON": gzip.compress(b"{}"),
}


@pytest.mark.parametrize("reason", BLOBS)
def test_damaged_blobs(reason: str) -> None:
    """Each is told with its reason; a bomb stops at the limit."""
    with pytest.raises(StoreError, match=reason):
        as_document(SourceRow("Account", {"id": "Accounts-1", "jsonblob": BLOBS[reason]}))


@pytest.mark.parametrize("name", ["store.sql", "store.csv", "store.jsonl", "store.json", "store.parquet"])
def test_compressed_files(name: str, tmp_path: Path) -> None:
    """A store may be compressed, and reads the same."""
    plain = MAKERS[name](tmp_path / name, rows(values()))
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert (
        rows_of(open_store(str(packed))).drop("store").equals(rows_of(open_store(str(plain))).drop("store"))
    )


def test_random_heads_are_no_store(tmp_path: Path) -> None:
    """Whatever a file begins with, it is a store or an error with its name."""
    chance = random.Random("heads")
    path = tmp_path / "file"
    pieces = [*rb"""{ [ "Id": "JSON": Id JSON , ' | ] } GO""".split(), b"\n", b"\r", b"\0", b"\xff", b" "]
    errors: list[str] = []
    for _ in range(300):
        path.write_bytes(b"".join(chance.choices(pieces, k=chance.randint(1, 60))))
        try:
            for _event in open_store(str(path)).read():
                pass
        except StoreError as error:
            errors.append(error.message)
    assert errors
    assert [message for message in errors if str(path) not in message] == []
