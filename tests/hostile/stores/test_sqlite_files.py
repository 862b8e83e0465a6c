"""SQLite files that are damaged, forged or odd."""

import random
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from parsers.cloudbees.kinds import CREDENTIAL, USER
from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.stores.database.connection import sqlite_content, sqlite_database
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import FingerprintSeen, StoredValues, StoreEvent
from parsers.stores.mapping import HistoryTable, Mapping, SecretTable
from parsers.unread import Unread

ROWS = 5_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of some pages."""
    path = tmp_path_factory.mktemp("sound") / "cd.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE ec_project(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO ec_project VALUES (1, 'P');"
        "CREATE TABLE ec_credential(id INTEGER PRIMARY KEY, name TEXT, password TEXT, project_id INTEGER);"
    )
    rows = ((number, f"name {number}", "zWjkbdMteM0VY1Ls3V+lwA==", 1) for number in range(ROWS))
    connection.executemany("INSERT INTO ec_credential VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path.read_bytes()


def read(content: bytes, mapping: Mapping = DEFAULT_MAPPING) -> list[StoreEvent]:
    return list(CloudBeesDatabase(sqlite_content(content, label="cd.sqlite"), mapping).read())


def values(events: list[StoreEvent]) -> pl.DataFrame:
    return pl.concat(event.frame for event in events if isinstance(event, StoredValues))


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, b"SQLite format 3\0", bytes(8192)])
def test_no_database_at_all(tmp_path: Path, content: bytes) -> None:
    """An error that says so, never an empty answer."""
    path = tmp_path / "cd.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"cd\.sqlite"):
        list(CloudBeesDatabase(sqlite_database(path)).read())


def test_cut_file_is_refused(tmp_path: Path, sound: bytes) -> None:
    """SQLite itself reads nothing of a file that is shorter than it says."""
    path = tmp_path / "cd.sqlite"
    path.write_bytes(sound[: len(sound) // 8 * 7])
    with pytest.raises(StoreError, match="damaged"):
        list(CloudBeesDatabase(sqlite_database(path)).read())


def test_overwritten_pages_keep_what_was_read(sound: bytes) -> None:
    """The rows before the fault are there, and the fault is reported with their number."""
    middle = len(sound) // 8192 * 4096
    events = read(sound[:middle] + b"\xff" * 8192 + sound[middle + 8192 :])
    height = values(events).height
    assert 0 < height < ROWS
    fault = Unread("cd.sqlite", "ec_credential", "the SQLite file is damaged", offset=height, partial=True)
    assert fault in events


def test_damaged_pages_never_raise_anything_else(sound: bytes) -> None:
    """Whichever bytes are wrong: values, unread events, or the project's own error."""
    dice = random.Random(7)
    outcomes = set()
    for _ in range(60):
        content = bytearray(sound)
        for _ in range(dice.randrange(1, 40)):
            content[dice.randrange(100, len(content))] = dice.randrange(256)
        try:
            events = read(bytes(content))
        except StoreError:
            outcomes.add("refused")
        else:
            outcomes.add("unread" if any(isinstance(event, Unread) for event in events) else "read")
    assert len(outcomes) > 1


def _with(sound: bytes, script: str, *rows: tuple[object, ...], into: str = "") -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(sound)
    connection.executescript(script)
    if into:
        connection.executemany(f"INSERT INTO {into} VALUES ({','.join('?' * len(rows[0]))})", rows)
    connection.commit()
    content = connection.serialize()
    connection.close()
    return content


def test_text_that_is_no_utf8(sound: bytes) -> None:
    """One bad name neither ends the reading nor is lost; the value comes byte for byte."""
    script = (
        "UPDATE ec_credential SET name = CAST(x'61ff' AS TEXT), password = CAST(x'62fe' AS TEXT) WHERE id = 7"
    )
    row = values(read(_with(sound, script))).filter(record="ec_credential:id=7")
    assert row.select("name", "value").rows() == [("a\\xff", b"b\xfe")]


def test_any_type_in_any_column(sound: bytes) -> None:
    """SQLite lets every column hold everything."""
    script = "DELETE FROM ec_credential; UPDATE ec_credential SET name = 1"
    rows = [(1, 5, 1.5, "1"), (2, b"\xff\x00", b"\xff\x00", b"\x01"), (3, None, None, None)]
    found = values(read(_with(sound, script, *rows, into="ec_credential")))
    assert found["name"].to_list() == ["5", "\\xff\x00", ""]
    assert found["value"].to_list() == [b"1.5", b"\xff\x00", None]
    assert found["project"].to_list() == ["P", "", ""]


def test_hostile_names(sound: bytes) -> None:
    """A table named like an attack is read by its name; nothing of the attack happens."""
    attack = "ec_x\"]`'; DROP TABLE ec_credential;-- ? :a %s"
    quoted = attack.replace('"', '""')
    content = _with(sound, f'CREATE TABLE "{quoted}"("{quoted}" TEXT)', ("secret",), into=f'"{quoted}"')
    mapped = SecretTable(table=attack, kind=CREDENTIAL, value=attack)
    found = values(read(content, Mapping(named=(mapped,), inferred=DEFAULT_MAPPING.inferred)))
    assert found.height == ROWS + 1
    assert found["value"][0] == b"secret"


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (SecretTable(table="nowhere", kind=USER, value="v"), "catalogue does not list it"),
        (SecretTable(table="a_view", kind=USER, value="name"), "it is a view"),
        (SecretTable(table="ec_project", kind=USER, value="secret"), "no column 'secret'"),
        (SecretTable(table="ec_project", kind=USER, value="name", user_name="login"), "no column 'login'"),
        (SecretTable(table="ec_project", kind=USER, value="name FROM ec_project --"), "no column"),
    ],
)
def test_what_a_mapping_names_and_is_not_there(sound: bytes, named: SecretTable, reason: str) -> None:
    """The rest is read, and the gap is an unread event, so that the answer is known to be partial."""
    content = _with(sound, "CREATE VIEW a_view AS SELECT * FROM ec_project")
    events = read(content, Mapping(named=(named,), inferred=DEFAULT_MAPPING.inferred))
    assert [reason in event.reason for event in events if isinstance(event, Unread)] == [True]
    assert values(events).filter(kind="credential").height == ROWS


def test_history_that_a_mapping_names_is_missed(sound: bytes) -> None:
    """Only the product's own table may be absent."""
    events = read(sound, Mapping(inferred=DEFAULT_MAPPING.inferred, history=HistoryTable(table="passkeys")))
    assert [event.member for event in events if isinstance(event, Unread)] == ["passkeys"]


def test_fingerprints_that_are_none_are_counted(sound: bytes) -> None:
    """The sound ones are told, the others are a gap."""
    script = (
        "CREATE TABLE ec_configuration_history(passkey_fingreprint TEXT, passkey_fingerprint, last_use_date)"
    )
    rows = [("A" * 40, None, 5), ("short", None, 7), (None, "b" * 40, None)]
    events = read(_with(sound, script, *rows, into="ec_configuration_history"))
    assert [event for event in events if isinstance(event, FingerprintSeen)] == [
        FingerprintSeen("ec_configuration_history", "a" * 40, "5"),
        FingerprintSeen("ec_configuration_history", "b" * 40, ""),
    ]
    assert [event.reason[:8] for event in events if isinstance(event, Unread)] == ["1 values"]


def test_empty_tables_are_read_as_nothing() -> None:
    """No values, no error: whether nothing is an answer is for the caller to say."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE ec_user(name TEXT, password TEXT)")
    events = read(connection.serialize())
    connection.close()
    assert not [event for event in events if isinstance(event, StoredValues | Unread)]
