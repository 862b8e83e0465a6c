"""The same estate out of every kind of store: whatever an investigation has, its verdicts are the same."""

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from tests.servers.mariadb import mariadb
from tests.servers.postgresql import postgresql
from tests.servers.server import Server
from tests.support.program import ESTATE, passkey_audit
from tests.support.programs import need

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("databases")]

STORES = ESTATE / "store"
DATABASE = "commander"

Audit = tuple[list[dict[str, Any]], dict[str, Any]]
"""Credentials and summary."""


@pytest.fixture(scope="module")
def mariadb_estate() -> Iterator[Server]:
    """MariaDB with the estate's tables."""
    with mariadb() as server, server.database(DATABASE):
        copy_estate(server.engine(DATABASE))
        yield server


@pytest.fixture(scope="module")
def postgresql_estate() -> Iterator[Server]:
    """PostgreSQL with the estate's tables."""
    with postgresql() as server, server.database(DATABASE):
        copy_estate(server.engine(DATABASE))
        yield server


def copy_estate(engine: sa.Engine) -> None:
    """The tables of the sample SQLite file, with the types that a server has for them."""
    binary = sa.LargeBinary().with_variant(mysql.BINARY(16), "mysql", "mariadb")
    types: dict[str, sa.types.TypeEngine[Any]] = {"BLOB": binary, "TEXT": sa.Text()}
    made = sa.MetaData()
    with closing(sqlite3.connect(STORES / "commander.sqlite")) as source, engine.begin() as target:
        for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = source.execute(f"PRAGMA table_info({name})").fetchall()
            table = sa.Table(name, made, *(sa.Column(column[1], types[column[2]]) for column in columns))
            table.create(target)
            rows = source.execute(f"SELECT * FROM {name}").fetchall()
            target.execute(
                table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
            )


def export(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    return [str(STORES / "export.xml")]


def export_gz(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    return [str(STORES / "export.xml.gz")]


def csv_file(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    return [str(STORES / "credentials.csv"), "--current", "passkey"]


def spreadsheet_csv(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    """As spreadsheets save it: UTF-16, semicolons."""
    content = _table().write_csv(separator=";")
    (folder / "credentials.csv").write_text(content, "utf-16")
    return [str(folder / "credentials.csv"), "--current", "passkey"]


def parquet(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    _table().write_parquet(folder / "credentials.parquet")
    return [str(folder / "credentials.parquet"), "--current", "passkey"]


def json_lines(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    _table().write_ndjson(folder / "credentials.jsonl")
    return [str(folder / "credentials.jsonl"), "--current", "passkey"]


def _table() -> pl.DataFrame:
    return pl.read_csv(STORES / "credentials.csv", infer_schema=False)


def sqlite(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    return [str(STORES / "commander.sqlite")]


def sqlite_zst(_: pytest.FixtureRequest, folder: Path) -> list[str]:
    path = folder / "commander.sqlite.zst"
    subprocess.run([need("zstd"), "-q", str(STORES / "commander.sqlite"), "-o", str(path)], check=True)
    return [str(path)]


def live_mariadb(request: pytest.FixtureRequest, folder: Path) -> list[str]:
    server: Server = request.getfixturevalue("mariadb_estate")
    return [server.url(DATABASE)]


def live_postgresql(request: pytest.FixtureRequest, folder: Path) -> list[str]:
    server: Server = request.getfixturevalue("postgresql_estate")
    return [server.url(DATABASE)]


def mariadb_dump(*options: str) -> Callable[[pytest.FixtureRequest, Path], list[str]]:
    def made(request: pytest.FixtureRequest, folder: Path) -> list[str]:
        server: Server = request.getfixturevalue("mariadb_estate")
        socket = server.template.rpartition("=")[2]
        program = [need("mariadb-dump"), "--no-defaults", "-u", "root", f"--socket={socket}"]
        with (folder / "dump.sql").open("wb") as file:
            subprocess.run([*program, *options, DATABASE], stdout=file, check=True)
        return [str(folder / "dump.sql")]

    return made


def pg_dump(*options: str) -> Callable[[pytest.FixtureRequest, Path], list[str]]:
    def made(request: pytest.FixtureRequest, folder: Path) -> list[str]:
        server: Server = request.getfixturevalue("postgresql_estate")
        socket = server.template.rpartition("=")[2]
        program = [need("pg_dump"), "-h", socket, "-U", "postgres", "-f", str(folder / "dump.sql")]
        subprocess.run([*program, *options, DATABASE], check=True)
        return [str(folder / "dump.sql")]

    return made


def audit(*stores: str, folder: Path) -> Audit:
    """Audit these stores with the estate's logs and keys."""
    arguments = ("--zip-password", "logs/support-bundle.password", "--key", "keys", "--out", str(folder))
    ended = passkey_audit("audit", "logs", *arguments, *stores)
    assert ended.code == 10, ended.err
    credentials = pl.read_parquet(folder / "credentials.parquet")
    return credentials.rows(named=True), json.loads((folder / "summary.json").read_bytes())


def verdicts(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What is said of each credential; not log entries, which may name an id that only databases have."""
    said = "kind", "project", "name", "user_name", "verdict", "opened_by", "fingerprint", "layout"
    surely = "confidence", "false_positive", "action", "reason", "value_digest"
    return {row["location"]: tuple(row[name] for name in (*said, *surely)) for row in rows}


def groups(rows: list[dict[str, Any]]) -> set[frozenset[str]]:
    """Which credentials share a secret; the letters follow the order of a store."""
    members: dict[str, set[str]] = {}
    for row in rows:
        if row["group"]:
            members.setdefault(row["group"], set()).add(row["location"])
    return {frozenset(places) for places in members.values()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """What the export gives, which another test holds against the truth."""
    return audit("--store", str(STORES / "export.xml"), folder=tmp_path_factory.mktemp("expected") / "run")


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(export_gz, id="export-gz"),
        pytest.param(csv_file, id="csv"),
        pytest.param(spreadsheet_csv, id="csv-utf16-semicolons"),
        pytest.param(parquet, id="parquet"),
        pytest.param(json_lines, id="json-lines"),
        pytest.param(sqlite, id="sqlite"),
        pytest.param(sqlite_zst, id="sqlite-zst"),
        pytest.param(live_mariadb, id="mariadb"),
        pytest.param(live_postgresql, id="postgresql"),
        pytest.param(mariadb_dump(), id="mariadb-dump"),
        pytest.param(mariadb_dump("--skip-extended-insert", "--hex-blob"), id="mariadb-dump-single-inserts"),
        pytest.param(pg_dump(), id="pg_dump-copy"),
        pytest.param(pg_dump("--inserts"), id="pg_dump-inserts"),
    ],
)
def test_every_store_gives_the_same(
    store: Callable[[pytest.FixtureRequest, Path], list[str]],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    expected: Audit,
) -> None:
    """Verdict, key, layout, confidence, reason and group of every credential equal the export's."""
    rows, summary = audit("--store", *store(request, tmp_path), folder=tmp_path / "run")
    assert len(rows) == len(expected[0])
    assert verdicts(rows) == verdicts(expected[0])
    assert groups(rows) == groups(expected[0])
    for total in ("total", "verdicts", "actions"):
        assert summary[total] == expected[1][total]


def test_database_and_export_count_once(mariadb_estate: Server, tmp_path: Path, expected: Audit) -> None:
    """A credential that lies in both is one, and names both places; one that differs is told twice."""
    database = mariadb_estate.url(DATABASE)
    rows, summary = audit(
        *("--store", database, "--store", str(STORES / "export.xml")), folder=tmp_path / "run"
    )
    assert verdicts(rows) == verdicts(expected[0])
    assert summary["total"] == expected[1]["total"]
    assert {row["store"].count("; ") for row in rows} == {1}
    changed = tmp_path / "changed.xml"
    value = b"6wWID1iuOvmqeMyIdMSB8w=="
    text = (STORES / "export.xml").read_bytes()
    assert text.count(value) == 1
    changed.write_bytes(text.replace(value, b"zWjkbdMteM0VY1Ls3V+lwA=="))
    rows, summary = audit("--store", database, "--store", str(changed), folder=tmp_path / "differing")
    assert summary["total"] == expected[1]["total"] + 1
    differing = [row["location"] for row in rows if "a different value" in row["reason"]]
    assert differing == ["/projects/Build Farm/credentials/deploy-dev"] * 2
