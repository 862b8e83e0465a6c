"""Stored values of real servers, changed where they lie."""

import uuid
from collections.abc import Iterator, Sequence
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.database.changing.transactions import RetryPolicy
from parsers.stores.database.connection import database_at
from parsers.stores.mapping import Mapping
from parsers.stores.open_for_writing import in_place_writer
from parsers.stores.store_writer import (
    BlockerKind,
    ChangeOutcome,
    InPlaceWriter,
    StoredCiphertext,
    ValueChange,
)
from tests.parsers.stores.database.changing.rows_to_change import (
    VAULT,
    back,
    change,
    credentials,
    opened,
    passwords,
    sealed,
)
from tests.servers.server import Server

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("databases")]


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("commander") as name:
        yield name


BINARY = sa.LargeBinary().with_variant(mysql.BINARY(16), "mysql", "mariadb")
UUID = sa.String(36).with_variant(postgresql.UUID(), "postgresql")
KEYS: dict[str, tuple[sa.types.TypeEngine[Any], Sequence[object]]] = {
    "integer": (sa.BigInteger(), list(range(100, 110))),
    "binary": (BINARY, [bytes([n]) * 16 for n in range(10)]),
    "uuid": (UUID, [uuid.UUID(int=n) for n in range(10)]),
    "text": (sa.String(40), [f"a'b\"c\\%s :k {n} é" for n in range(10)]),
}


@pytest.mark.parametrize("kind", KEYS)
def test_changed_and_put_back(server: Server, database: str, kind: str) -> None:
    """Every row becomes what was meant, a second time nothing happens, and undone it is as before."""
    type_, keys = KEYS[kind]
    engine = server.engine(database)
    if kind == "uuid" and engine.dialect.name == "mysql":
        keys = [str(key) for key in keys]
    records = credentials(engine, keys, type_)
    before = passwords(engine)
    changes = [change(record, number) for number, record in enumerate(records)][:9]
    store = opened(server.url(database))
    with store.exclusively():
        assert store.replace(changes) == [ChangeOutcome.CHANGED] * 9
    assert store.replace(changes) == [ChangeOutcome.ALREADY] * 9
    assert passwords(engine) == [*(sealed(n, "new").decode() for n in range(9)), before[9]]
    assert store.present(records)[records[3]] == changes[3].new
    assert store.replace(back(changes)) == [ChangeOutcome.CHANGED] * 9
    assert passwords(engine) == before


def test_what_another_session_changed_stays(server: Server, database: str) -> None:
    """Between plan and change a value became another, one lost its row, one got new capitals."""
    engine = server.engine(database)
    changes = [change(record, n) for n, record in enumerate(credentials(engine, range(5), sa.Integer()))]
    store = opened(server.url(database))
    swapped = sealed(3, "old").decode().swapcase()
    server.run(
        "UPDATE ec_credential SET password = 'other' WHERE id = 1",
        "DELETE FROM ec_credential WHERE id = 2",
        f"UPDATE ec_credential SET password = '{swapped}' WHERE id = 3",
        database=database,
    )
    assert store.replace(changes) == [
        ChangeOutcome.CHANGED,
        ChangeOutcome.DIFFERS,
        ChangeOutcome.GONE,
        ChangeOutcome.DIFFERS,
        ChangeOutcome.CHANGED,
    ]
    assert passwords(engine) == [sealed(0, "new").decode(), "other", swapped, sealed(4, "new").decode()]


def test_vector_in_a_column_beside(server: Server, database: str) -> None:
    """Value and vector change together, as bytes; one of them being another is a difference."""
    engine = server.engine(database)
    table = sa.Table(
        "vault", sa.MetaData(), sa.Column("name", sa.String(20)), sa.Column("secret", sa.LargeBinary),
        sa.Column("vector", sa.LargeBinary),
    )  # fmt: skip
    rows = [{"name": f"n{n}", "secret": bytes([n, 0, 255]), "vector": bytes([n]) * 16} for n in range(3)]
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), rows)
    changes = [
        ValueChange(
            f"vault:name=n{n}",
            StoredCiphertext(bytes([n, 0, 255]), bytes([n]) * 16),
            StoredCiphertext(b"\xff\0", b"v" * 16),
        )
        for n in range(2)
    ]
    changes.append(
        ValueChange(
            "vault:name=n2", StoredCiphertext(bytes([2, 0, 255]), b"?" * 16), StoredCiphertext(b"", b"")
        )
    )
    store = opened(server.url(database), Mapping(named=(VAULT,)))
    assert store.replace(changes) == [ChangeOutcome.CHANGED, ChangeOutcome.CHANGED, ChangeOutcome.DIFFERS]
    with engine.connect() as connection:
        assert [bytes(row.vector) for row in connection.execute(table.select().order_by("name"))] == [
            b"v" * 16, b"v" * 16, b"\2" * 16,
        ]  # fmt: skip
    assert store.present(["vault:name=n0"]) == {"vault:name=n0": changes[0].new}


def test_too_short_a_column(server: Server, database: str) -> None:
    """It is told beforehand; written all the same, the server refuses, and every other row stays, too."""
    engine = server.engine(database)
    records = credentials(engine, range(3), sa.Integer())
    kind = (
        "MODIFY password varchar(24)" if engine.dialect.name == "mysql" else "ALTER password TYPE varchar(24)"
    )
    server.run(f"ALTER TABLE ec_credential {kind}", database=database)
    changes = [change(record, n) for n, record in enumerate(records)]
    changes[1] = ValueChange(records[1], changes[1].old, StoredCiphertext(b"n" * 25))
    before = passwords(engine)
    lenient = "&init_command=SET+sql_mode%3D''" if engine.dialect.name == "mysql" else ""
    store = opened(f"{server.url(database)}{lenient}")
    [blocker] = store.blockers(changes)
    assert (blocker.kind, blocker.records) == (BlockerKind.TOO_SHORT, (records[1],))
    assert "takes 24 characters, where 25 are needed" in blocker.what
    with pytest.raises(StoreError, match="a value is too long for its column") as caught:
        store.replace(changes)
    assert caught.value.__cause__ is None
    assert passwords(engine) == before


def test_reader_asks_what_stands_in_the_way(server: Server, database: str) -> None:
    """The right to read is enough to ask; to change, it is not, and nothing was."""
    engine = server.engine(database)
    records = credentials(engine, range(3), sa.Integer())
    at, on = (
        ("@localhost", f"{database}.*")
        if engine.dialect.name == "mysql"
        else ("", "ALL TABLES IN SCHEMA public")
    )
    server.run(f"CREATE USER looker{at}", f"GRANT SELECT ON {on} TO looker{at}", database=database)
    try:
        store = opened(server.url(database, user="looker"))
        changes = [change(record, n) for n, record in enumerate(records)]
        kinds = [blocker.kind for blocker in store.blockers(changes)]
        assert kinds == ([BlockerKind.SESSIONS_UNSEEN] if at else [])
        assert store.present(records)[records[0]] == changes[0].old
        with pytest.raises(StoreError, match="no right to read the table, or to change it"):
            store.replace(changes)
        assert passwords(engine)[0] == sealed(0, "old").decode()
    finally:
        server.run(*([] if at else ["DROP OWNED BY looker"]), f"DROP USER looker{at}", database=database)


def test_other_sessions_are_told(server: Server, database: str) -> None:
    """Those on this database, by user; neither this program's own, nor those on other databases."""
    engine = server.engine(database)
    records = credentials(engine, range(1), sa.Integer())
    store = opened(server.url(database))
    with server.engine(server.home).connect(), store.exclusively():
        assert list(store.blockers([change(records[0], 0)])) == []
        with engine.connect(), engine.connect():
            [blocker] = store.blockers([change(records[0], 0)])
    assert blocker.kind is BlockerKind.SESSIONS
    assert blocker.what.startswith("2 other sessions on this database: user ")
    assert blocker.what.endswith("(2)")


def test_second_run_is_held_off(server: Server, database: str) -> None:
    """At once, until the first has ended, and only on the same database."""
    with server.database("another") as another:
        first, second, elsewhere = (opened(server.url(name)) for name in (database, database, another))
        with (
            first.exclusively(),
            elsewhere.exclusively(),
            pytest.raises(StoreError, match="another re-encryption is running"),
            second.exclusively(),
        ):
            pass
        with second.exclusively():
            pass


def test_lock_that_does_not_come(server: Server, database: str) -> None:
    """The attempt is repeated, then given up, with nothing changed; once the lock is gone, it succeeds."""
    engine = server.engine(database)
    changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
    waits: list[float] = []
    retry_policy = RetryPolicy(waits=(0.0, 0.5), lock_seconds=1, sleep=waits.append)
    store = opened(server.url(database), retry_policy=retry_policy)
    with engine.connect() as other:
        other.exec_driver_sql("SELECT id FROM ec_credential WHERE id = 1 FOR UPDATE")
        with pytest.raises(StoreError, match="was not changed: another session holds a row locked"):
            store.replace(changes)
    assert waits == [0.0, 0.5]
    assert passwords(engine) == [sealed(n, "old").decode() for n in range(3)]

    with engine.connect() as other:
        other.exec_driver_sql("SELECT id FROM ec_credential WHERE id = 1 FOR UPDATE")
        retry_policy = RetryPolicy(waits=(0.0,), lock_seconds=1, sleep=lambda _: other.rollback())
        assert (
            opened(server.url(database), retry_policy=retry_policy).replace(changes)
            == [ChangeOutcome.CHANGED] * 3
        )


def test_deadlock(server: Server, database: str) -> None:
    """The server ends one of two that wait for each other: this one is begun anew, and succeeds."""
    engine = server.engine(database)
    changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
    waits: list[float] = []
    store = opened(
        server.url(database), retry_policy=RetryPolicy((0.0, 0.0), lock_seconds=20, sleep=waits.append)
    )
    with engine.connect() as other:
        if other.dialect.name == "postgresql":  # who looks first is ended: that is to be the store
            other.exec_driver_sql("SET deadlock_timeout = '1min'")
        other.exec_driver_sql("UPDATE ec_credential SET name = 'c9' WHERE id = 2")

        def contend() -> None:
            server.await_a_waiting_statement(database)  # now the store holds row 0 and waits for row 2
            other.exec_driver_sql("SELECT id FROM ec_credential WHERE id = 0 FOR UPDATE")
            other.rollback()

        contender = Thread(target=contend)
        contender.start()
        try:
            assert store.replace(changes) == [ChangeOutcome.CHANGED] * 3
        finally:
            contender.join()
    assert waits == [0.0]


def watched(url: str, retry_policy: RetryPolicy) -> tuple[InPlaceWriter, sa.Engine]:
    """The store, and the engine whose events tell what it is about to do."""
    store = CloudBeesDatabase(database_at(url))
    found = in_place_writer(store, retry_policy=retry_policy)
    assert found is not None
    return found, store.database.engine


def end_session(server: Server, connection: sa.Connection) -> None:
    """As an administrator who ends a session."""
    raw = connection.connection.dbapi_connection
    if connection.dialect.name == "mysql":
        server.run(f"KILL CONNECTION {raw.thread_id()}")  # type: ignore[union-attr]  # PyMySQL has no types
    else:
        pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]  # as above
        server.run(f"SELECT pg_terminate_backend({pid}, 5000)")


@pytest.mark.parametrize("times", [1, 3])
def test_session_is_ended_before_commit(server: Server, database: str, times: int) -> None:
    """All is begun anew on another connection, a bounded number of times; no attempt leaves a trace."""
    engine = server.engine(database)
    changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
    waits: list[float] = []
    store, ours = watched(server.url(database), RetryPolicy((0.0, 0.1), sleep=waits.append))
    ended: list[str] = []

    def after_updates(connection: sa.Connection, *rest: Any) -> None:
        if str(rest[1]).startswith("UPDATE") and len(ended) < times:
            ended.append(rest[1])
            end_session(server, connection)

    sa.event.listen(ours, "after_cursor_execute", after_updates)
    if times == 1:
        assert store.replace(changes) == [ChangeOutcome.CHANGED] * 3
        assert waits == [0.0]
    else:
        with pytest.raises(StoreError, match="was not changed: the connection was lost") as caught:
            store.replace(changes)
        assert not isinstance(caught.value, CommitUnknownError)
        assert waits == [0.0, 0.1]
        assert passwords(engine) == [sealed(n, "old").decode() for n in range(3)]


def test_session_is_ended_at_commit(server: Server, database: str) -> None:
    """Nobody can know what became of the COMMIT: that is said, and nothing is tried again."""
    engine = server.engine(database)
    changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
    waits: list[float] = []
    store, ours = watched(server.url(database), RetryPolicy((0.0, 0.1), sleep=waits.append))
    written: list[bool] = []

    def on_update(*rest: Any) -> None:
        written.append(str(rest[2]).startswith("UPDATE"))

    def on_commit(connection: sa.Connection) -> None:
        if any(written):
            end_session(server, connection)

    sa.event.listen(ours, "after_cursor_execute", on_update)
    sa.event.listen(ours, "commit", on_commit)
    with pytest.raises(CommitUnknownError, match="COMMIT was sent and not answered: the connection was lost"):
        store.replace(changes)
    assert waits == []
    assert passwords(engine) == [sealed(n, "old").decode() for n in range(3)]


def test_row_that_refuses_to_change(postgresql_server: Server) -> None:
    """A trigger swallows one of three updates: two rows are not three, and all of it is taken back."""
    with postgresql_server.database("commander") as name:
        engine = postgresql_server.engine(name)
        changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
        postgresql_server.run(
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER t BEFORE UPDATE ON ec_credential FOR EACH ROW WHEN (OLD.id = 1) "
            "EXECUTE FUNCTION swallow()",
            database=name,
        )
        with pytest.raises(StoreError, match="3 rows were to change, but the database reports 2"):
            opened(postgresql_server.url(name)).replace(changes)
        assert passwords(engine) == [sealed(n, "old").decode() for n in range(3)]


def test_row_that_becomes_something_else(mariadb_server: Server) -> None:
    """A trigger changes what is written: it is seen in the same transaction, and all of it is taken back."""
    with mariadb_server.database("commander") as name:
        engine = mariadb_server.engine(name)
        changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
        mariadb_server.run(
            "CREATE TRIGGER t BEFORE UPDATE ON ec_credential FOR EACH ROW "
            "SET NEW.password = IF(OLD.id = 1, LOWER(NEW.password), NEW.password)",
            database=name,
        )
        with pytest.raises(StoreError, match="a row does not hold what was written to it"):
            opened(mariadb_server.url(name)).replace(changes)
        assert passwords(engine) == [sealed(n, "old").decode() for n in range(3)]


@pytest.fixture
def folded(mariadb_server: Server) -> Iterator[Server]:
    """A database `folded` with users by name, whose comparison ignores capitals and trailing blanks."""
    with mariadb_server.database("folded"):
        mariadb_server.run(
            "CREATE TABLE ec_user (name varchar(40), password varchar(80)) COLLATE utf8mb4_general_ci",
            "INSERT INTO ec_user VALUES ('admin', 'aGVsbG8'), ('Admin', 'aGVsbG8'), ('guest', 'AGVSBG8'), "
            "('other ', 'aGVsbG8')",
            database="folded",
        )
        yield mariadb_server


def users(server: Server) -> list[tuple[str, str]]:
    with server.engine("folded").connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, password FROM ec_user ORDER BY BINARY name")
        return [(row[0], row[1]) for row in rows]


def test_comparison_that_ignores_capitals(folded: Server) -> None:
    """`admin` is two rows to the server, and `AGVSBG8` equals `aGVsbG8`: neither is taken for the other."""
    before = users(folded)
    old, new = StoredCiphertext(b"aGVsbG8"), StoredCiphertext(b"bmV3")
    changes = [
        ValueChange(f"ec_user:name={name}", old, new) for name in ("admin", "Admin", "guest", "other ")
    ]
    store = opened(folded.url("folded"))
    [blocker] = store.blockers(changes)
    assert blocker.kind is BlockerKind.NOT_FOUND_AGAIN
    assert blocker.records == ("ec_user:name=admin", "ec_user:name=Admin")
    outcomes = [ChangeOutcome.GONE, ChangeOutcome.GONE, ChangeOutcome.DIFFERS, ChangeOutcome.CHANGED]
    assert store.replace(changes) == outcomes
    assert users(folded) == [*before[:3], ("other ", "bmV3")]
    assert store.present(["ec_user:name=admin", "ec_user:name=guest", "ec_user:name=other"]) == {
        "ec_user:name=guest": StoredCiphertext(b"AGVSBG8")
    }


def test_row_that_comes_to_look_the_same(folded: Server) -> None:
    """A second `guest` that appeared after the keys were read is seen by the statement that locks."""
    store = opened(folded.url("folded"))
    changes = [
        ValueChange(f"ec_user:name={name}", StoredCiphertext(old), StoredCiphertext(b"bmV3"))
        for name, old in (("guest", b"AGVSBG8"), ("other ", b"aGVsbG8"))
    ]
    assert list(store.blockers(changes)) == []
    folded.run("INSERT INTO ec_user VALUES ('GUEST', 'AGVSBG8')", database="folded")
    assert store.replace(changes) == [ChangeOutcome.GONE, ChangeOutcome.CHANGED]
    assert [password for name, password in users(folded) if name.lower() == "guest"] == ["AGVSBG8"] * 2


def test_table_without_transactions(folded: Server) -> None:
    """It is named, with its storage engine."""
    folded.run("ALTER TABLE ec_user ENGINE = MyISAM", database="folded")
    store = opened(folded.url("folded"))
    [blocker] = store.blockers(
        [ValueChange("ec_user:name=guest", StoredCiphertext(b"AGVSBG8"), StoredCiphertext(b"bmV3"))]
    )
    assert blocker.kind is BlockerKind.NO_TRANSACTIONS
    assert blocker.what.startswith("table 'ec_user' has no transactions (MyISAM)")
    folded.run(
        "CREATE TRIGGER t BEFORE UPDATE ON ec_user FOR EACH ROW SET NEW.password = LOWER(NEW.password)",
        database="folded",
    )
    with pytest.raises(CommitUnknownError, match="a table has no transactions"):
        store.replace(
            [ValueChange("ec_user:name=guest", StoredCiphertext(b"AGVSBG8"), StoredCiphertext(b"NEW"))]
        )
    assert ("guest", "new") in users(folded)


def test_time_of_change_stays(mariadb_server: Server) -> None:
    """A column that the server sets with every change keeps what it holds: nothing but the value changes."""
    with mariadb_server.database("commander") as name:
        engine = mariadb_server.engine(name)
        changes = [change(record, n) for n, record in enumerate(credentials(engine, range(3), sa.Integer()))]
        mariadb_server.run(
            "ALTER TABLE ec_credential ADD modified timestamp NULL ON UPDATE CURRENT_TIMESTAMP",
            "UPDATE ec_credential SET modified = '2020-01-02 03:04:05' WHERE id < 2",
            database=name,
        )
        assert opened(mariadb_server.url(name)).replace(changes) == [ChangeOutcome.CHANGED] * 3
        with engine.connect() as connection:
            times = (
                connection.exec_driver_sql("SELECT modified FROM ec_credential ORDER BY id").scalars().all()
            )
        assert [str(time or "") for time in times] == ["2020-01-02 03:04:05"] * 2 + [""]
