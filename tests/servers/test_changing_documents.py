"""Octopus' documents of real servers, changed where they lie."""

import gzip
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from parsers.stores.open import open_store
from parsers.stores.store_writer import BlockerKind, ChangeOutcome, StoredCiphertext, ValueChange
from tests.parsers.stores.database.changing.rows_to_change import back, opened
from tests.parsers.stores.reading import rows_of
from tests.servers.server import Server

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("databases")]

OLD = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="
NEW = "4PUkRMwszTJHqTxWj+TrNQ==|AAECAwQFBgcICQoLDA0ODw=="
TEXT = (
    '{ "Password" :"' + OLD + '",\r\n "Z":1.50e+01, "N":"\\u00e9 é 😀 %s :x \\\\ \'","Token":"' + OLD + '"}'
)


def to_new(record: str) -> ValueChange:
    return ValueChange(record, StoredCiphertext(OLD.encode()), StoredCiphertext(NEW.encode()))


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("octopus") as name:
        yield name


def accounts(server: Server, database: str, type_: str) -> None:
    """One document as text of some type, one compressed."""
    quote, blob = ("`", "longblob") if server.home == "mysql" else ('"', "bytea")
    names = [f"{quote}{name}{quote}" for name in ("Account", "Id", "JSON", "JSONBlob")]
    server.run(
        "CREATE TABLE {} ({} varchar(50) PRIMARY KEY, {} {type_}, {} {blob})".format(
            *names, type_=type_, blob=blob
        ),
        database=database,
    )
    table = sa.table("Account", *map(sa.column, ("Id", "JSON", "JSONBlob")))
    packed = gzip.compress(TEXT.encode("utf-16-le"))
    with server.engine(database).begin() as connection:
        connection.execute(table.insert().values(Id="Accounts-1", JSON=TEXT))
        connection.execute(table.insert().values(Id="Accounts-2", JSONBlob=packed))


def texts(server: Server, database: str) -> list[str]:
    """The text of both documents, as it lies there."""
    json: sa.ColumnClause[str] = sa.column("JSON")
    blob: sa.ColumnClause[bytes] = sa.column("JSONBlob")
    as_text = sa.cast(json, sa.Text) if server.home != "mysql" else json
    statement = sa.select(as_text, blob).select_from(sa.table("Account", json, blob))
    with server.engine(database).connect() as connection:
        rows = connection.execute(statement).all()
    return [text or gzip.decompress(packed).decode("utf-16-le") for text, packed in rows]


@pytest.mark.parametrize("type_", ["text", "json"])
def test_only_cipher_strings_change(server: Server, database: str, type_: str) -> None:
    """Of text, of a type `json` that keeps its text, and of compressed documents; and back again."""
    accounts(server, database, type_)
    store = opened(server.url(database))
    records = rows_of(open_store(server.url(database)))["record"].to_list()
    assert len(records) == 4
    changes = [to_new(record) for record in records if "Token" in record]
    assert list(store.blockers(changes)) == []
    assert store.replace(changes) == [ChangeOutcome.CHANGED] * 2
    head, _, tail = TEXT.rpartition(OLD)
    assert texts(server, database) == [head + NEW + tail] * 2
    assert store.present(records)[changes[0].record] == changes[0].new
    assert store.replace(back(changes)) == [ChangeOutcome.CHANGED] * 2
    assert texts(server, database) == [TEXT] * 2


def test_documents_whose_text_is_not_kept(postgresql_server: Server) -> None:
    """What `jsonb` prints is not what was written: told beforehand, and left alone."""
    with postgresql_server.database("octopus") as name:
        accounts(postgresql_server, name, "jsonb")
        before = texts(postgresql_server, name)
        store = opened(postgresql_server.url(name))
        changes = [to_new("Account:Accounts-1#/Token")]
        [blocker] = store.blockers(changes)
        assert (blocker.kind, blocker.records) == (
            BlockerKind.NOT_WRITTEN_PLAINLY, ("Account:Accounts-1#/Token",),
        )  # fmt: skip
        assert store.replace(changes) == [ChangeOutcome.GONE]
        assert texts(postgresql_server, name) == before


def test_document_that_grows_too_long(mariadb_server: Server) -> None:
    """Which records: those in the document whose column would be too short for it."""
    with mariadb_server.database("octopus") as name:
        accounts(mariadb_server, name, f"varchar({len(TEXT)})")
        store = opened(mariadb_server.url(name))
        records = [f"Account:Accounts-{n}#/{member}" for n in (1, 2) for member in ("Password", "Token")]
        changes = [
            ValueChange(record, StoredCiphertext(OLD.encode()), StoredCiphertext(f"AAAA{NEW}".encode()))
            for record in records
        ]
        [blocker] = store.blockers(changes)
        assert (blocker.kind, blocker.records) == (BlockerKind.TOO_SHORT, tuple(records[:2]))
        assert f"takes {len(TEXT)} characters, where {len(TEXT) + 8} are needed" in blocker.what
