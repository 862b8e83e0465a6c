"""Where a database is, and what is refused before anything is connected."""

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.secret import Secret
from parsers.stores.database.connection import database_at, sqlite_content, sqlite_database
from parsers.stores.interface import StoredValues

MARKER = "n3ver-shown"
ONE_USER = "CREATE TABLE ec_user(name TEXT, password TEXT); INSERT INTO ec_user VALUES ('admin', 'x');"


def one_user(path: Path, *, journal: str = "delete") -> Path:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.executescript(ONE_USER)
    connection.close()
    return path


@pytest.mark.parametrize(
    "url",
    [
        f"mysql+pymysql://user:{MARKER}@host/db",
        f"mysql+pymysql://user:@host/db?x={MARKER}",
        f"postgresql+psycopg://host/db?user=u&password={MARKER}",
        f"mssql+pyodbc://?odbc_connect=DRIVER%3Dx%3BPWD%3D{MARKER}",
    ],
)
def test_password_in_a_url_is_refused(url: str) -> None:
    """A command line is seen by every user of the machine; the message says what to do, and no password."""
    with pytest.raises(StoreError, match="holds a password") as caught:
        database_at(url)
    assert "env:NAME" in caught.value.hint
    assert MARKER not in caught.value.message + caught.value.hint


def test_label_has_neither_user_nor_password() -> None:
    """Reports are passed on to others."""
    database = database_at(
        "mysql+pymysql://user@db.example.com:3307/commander", password=Secret(MARKER.encode())
    )
    assert database.label == "mysql+pymysql://db.example.com:3307/commander"
    assert MARKER not in repr(database)


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        (f"{MARKER} no url", "malformed", "mysql+pymysql://"),
        ("mysql+pymysql://host:port/db", "malformed", "mysql+pymysql://"),
        ("fancydb://host/db", "unknown kind of database 'fancydb'", "postgresql+psycopg"),
        (
            "mysql+mysqldb://host/db",
            "'MySQLdb' for mysql+mysqldb is not installed",
            "pip install 'mysqlclient'",
        ),
        (
            "mysql+cymysql://host/db",
            "'cymysql' for mysql+cymysql is not installed",
            "pip install 'cymysql'",
        ),
    ],
)
def test_useless_urls_are_explained(url: str, message: str, hint: str) -> None:
    """Each says what is missing and how to come by it."""
    with pytest.raises(StoreError) as caught:
        database_at(url)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert MARKER not in caught.value.message


def test_password_must_be_text() -> None:
    """A key file given by mistake is no password; its bytes are not shown."""
    with pytest.raises(StoreError, match=r"not UTF-8 text$"):
        database_at("mysql+pymysql://user@host/db", password=Secret(b"\xff\xfe"))


def test_sqlite_file_cannot_be_changed(tmp_path: Path) -> None:
    """Not by a statement, nor by opening it."""
    path = one_user(tmp_path / "odd name?#%41.sqlite")
    before = path.read_bytes()
    with (
        pytest.raises(sa.exc.OperationalError, match="readonly"),
        sqlite_database(path).reading() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM ec_user")
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_sqlite_by_url_is_the_same_file(tmp_path: Path) -> None:
    """`sqlite:///path` and the path are one store."""
    path = one_user(tmp_path / "cd.sqlite")
    assert database_at(f"sqlite:///{path}").label == str(path)


def test_sqlite_file_of_any_name(tmp_path: Path) -> None:
    """A path is bytes: one that is no UTF-8 is opened like any other."""
    path = one_user(Path(os.fsdecode(os.fsencode(tmp_path) + b"/old-\xff.sqlite")))
    (values,) = (
        each for each in CloudBeesDatabase(sqlite_database(path)).read() if isinstance(each, StoredValues)
    )
    assert values.frame["name"].to_list() == ["admin"]


def test_missing_sqlite_file_is_not_made(tmp_path: Path) -> None:
    """A slip in the path must not leave an empty database behind."""
    with pytest.raises(StoreError, match="is not a file"):
        sqlite_database(tmp_path / "nowhere.sqlite")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_content_is_read_without_a_file(tmp_path: Path, journal: str) -> None:
    """A database that lay compressed is read from memory, one with a write-ahead log too."""
    content = one_user(tmp_path / "cd.sqlite", journal=journal).read_bytes()
    database = sqlite_content(content, label="cd.sqlite.gz")
    (values,) = [event for event in CloudBeesDatabase(database).read() if isinstance(event, StoredValues)]
    assert values.frame["store"].to_list() == ["cd.sqlite.gz"]
    with pytest.raises(sa.exc.OperationalError, match="readonly"), database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM ec_user")
