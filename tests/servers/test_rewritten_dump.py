"""Dumps with changed values, loaded by real servers: as if somebody had changed the values there."""

import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from parsers.stores.store_writer import StoredCiphertext
from tests.parsers.stores.rewriting.rewritten import base64_of, changed
from tests.servers.server import Server
from tests.servers.test_sql_dump import load_mariadb, load_postgresql, socket_of
from tests.support.programs import need

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("servers")]

COUNT = 40

MARIADB_TABLES = (
    "CREATE TABLE ec_credential (id binary(16) PRIMARY KEY, name varchar(99), password text, note text)",
    "CREATE TABLE ec_directory_provider (name varchar(99) PRIMARY KEY, manager_password varbinary(99))",
    "CREATE TABLE ec_user (name varchar(99) PRIMARY KEY, password blob)",
    "CREATE TABLE other (id int PRIMARY KEY, anything varbinary(99))",
)
POSTGRESQL_TABLES = (
    "CREATE TABLE ec_credential (id bytea PRIMARY KEY, name varchar(99), password text, note text)",
    "CREATE TABLE ec_directory_provider (name varchar(99) PRIMARY KEY, manager_password bytea)",
    "CREATE TABLE ec_user (name varchar(99) PRIMARY KEY, password bytea)",
    "CREATE TABLE other (id int PRIMARY KEY, anything bytea)",
)


def binary(number: int) -> bytes:
    """Bytes that dumps have to escape, among others."""
    awkward = bytes([0, 0x0A, 0x0D, 0x1A, 0x22, 0x25, 0x27, 0x5C, 0x5F, 0x80, 0xC3, 0xFF])
    dice = random.Random(number)
    return bytes(dice.choice(awkward) if dice.random() < 0.5 else dice.randrange(256) for _ in range(16))


def fill(engine: sa.Engine, tables: Sequence[str]) -> None:
    """Text and bytes, some of them the same, and look-alikes in a table that no mapping names."""
    with engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(table)
        for at in range(COUNT):
            value = base64_of(at % 30)
            row = {"id": at.to_bytes(16), "name": f"n{at:03} 'ü\\\n", "password": value, "note": f"'{value}'"}
            connection.execute(
                sa.text("INSERT INTO ec_credential VALUES (:id, :name, :password, :note)"), row
            )
            raw = {"name": f"n{at:03}", "value": binary(at % 30), "id": at}
            connection.execute(sa.text("INSERT INTO ec_directory_provider VALUES (:name, :value)"), raw)
            connection.execute(sa.text("INSERT INTO other VALUES (:id, :value)"), raw)
            raw["value"] = value.encode()
            connection.execute(sa.text("INSERT INTO ec_user VALUES (:name, :value)"), raw)


def new_value(old: bytes) -> bytes:
    """Longer, and of the same kind."""
    if old in {base64_of(at).encode() for at in range(30)}:
        return base64_of(sum(old), size=32).encode()
    return binary(1000 + sum(old)) + binary(2000 + sum(old))


def renewed(number: int, old: StoredCiphertext) -> StoredCiphertext | None:
    """Every second row."""
    return StoredCiphertext(new_value(old.value)) if number % 2 == 0 else None


def rows_of(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    found = {}
    with engine.connect() as connection:
        for table in ("ec_credential", "ec_directory_provider", "ec_user", "other"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")
            found[table] = [tuple(row) for row in rows]
    return found


def update(engine: sa.Engine) -> None:
    """The same changes by statements: the dump has the rows in the order of their keys."""
    columns = {
        "ec_credential": ("id", "password", 2),
        "ec_directory_provider": ("name", "manager_password", 1),
        "ec_user": ("name", "password", 1),
    }
    at = 0
    for table, rows in rows_of(engine).items():
        if table not in columns:
            continue
        key, column, where = columns[table]
        for row in rows:
            old = row[where]
            given = renewed(at, StoredCiphertext(old if isinstance(old, bytes) else str(old).encode()))
            at += 1
            if given is not None:
                new = given.value if isinstance(old, bytes) else given.value.decode()
                with engine.begin() as connection:
                    statement = sa.text(f"UPDATE {table} SET {column} = :new WHERE {key} = :key")
                    connection.execute(statement, {"new": new, "key": row[0]})


def assert_loads_as_updated(
    server: Server, tables: Sequence[str], dump: Callable[[str], bytes],
    load: Callable[[Server, str, Path], None], tmp_path: Path,
) -> None:  # fmt: skip
    """Load the rewritten dump, and compare it with the source after UPDATEs."""
    path = tmp_path / "dump.sql"
    with server.database("source") as source, server.database("target") as target:
        fill(server.engine(source), tables)
        path.write_bytes(dump(source))
        found, blockers = changed(path, renewed)
        assert not blockers
        path.write_bytes(found[""])
        update(server.engine(source))
        load(server, target, path)
        expected = rows_of(server.engine(source))
        assert expected == rows_of(server.engine(target))


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--hex-blob"],
        ["--skip-extended-insert", "--complete-insert"],
        ["--hex-blob", "--replace", "--skip-opt"],
        ["--default-character-set=latin1"],
    ],
    ids=" ".join,
)
def test_mariadb(mariadb_server: Server, tmp_path: Path, options: list[str]) -> None:
    """Bytes between quotes or as digits, long statements or short ones."""
    connected = ["--no-defaults", "-u", "root", f"--socket={socket_of(mariadb_server)}"]

    def dump(database: str) -> bytes:
        command = [need("mariadb-dump"), *connected, *options, "--order-by-primary", database]
        return subprocess.run(command, check=True, capture_output=True).stdout

    assert_loads_as_updated(mariadb_server, MARIADB_TABLES, dump, load_mariadb, tmp_path)


@pytest.mark.parametrize(
    "options", [[], ["--inserts"], ["--column-inserts", "--rows-per-insert=7"]], ids=" ".join
)
def test_postgresql(postgresql_server: Server, tmp_path: Path, options: list[str]) -> None:
    """COPY and INSERT alike."""
    connected = ["-h", socket_of(postgresql_server), "-U", "postgres"]

    def dump(database: str) -> bytes:
        command = [need("pg_dump"), *connected, *options, database]
        return subprocess.run(command, check=True, capture_output=True).stdout

    assert_loads_as_updated(postgresql_server, POSTGRESQL_TABLES, dump, load_postgresql, tmp_path)
