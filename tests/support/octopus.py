"""Octopus Deploy's documents, sealed by openssl, in each kind of store."""

import base64
import csv
import gzip
import io
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from tests.support.programs import need

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one of Octopus' tables; `columns` beside Id and JSON."""

    table: str
    id: str
    members: Members
    columns: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """Its JSON, as the server writes it."""
        return json.dumps(self.members, separators=(",", ":"), ensure_ascii=False)


def sealed(key: bytes, plain: str, vector: bytes) -> str:
    """The stored value, by the openssl program."""
    cipher = f"-aes-{8 * len(key)}-cbc"
    body = subprocess.run(
        [need("openssl"), "enc", cipher, "-K", key.hex(), "-iv", vector.hex()],
        input=plain.encode(),
        capture_output=True,
        check=True,
    ).stdout
    return f"{base64.b64encode(body).decode()}|{base64.b64encode(vector).decode()}"


def by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each table."""
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    return tables


def sqlite_file(path: Path, rows: Iterable[Row], *, blob: frozenset[str] = frozenset()) -> Path:
    """A SQLite file with the tables; those in `blob` hold their documents in `JSONBlob`."""
    with sqlite3.connect(path) as connection:
        for table, of_table in by_table(rows).items():
            names = _columns(of_table)
            listed = ", ".join(f'"{name}"' for name in ("Id", *names, "JSON", "JSONBlob"))
            connection.execute(f'CREATE TABLE "{table}" ({listed})')
            for row in of_table:
                json_ = None if table in blob else row.json
                packed = gzip.compress(row.json.encode("utf-16-le")) if table in blob else None
                values = (row.id, *(row.columns.get(name) for name in names), json_, packed)
                marks = ", ".join("?" * len(values))
                connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', values)
    connection.close()
    return path


def script(path: Path, rows: Iterable[Row], *, encoding: str = "utf-8") -> Path:
    """A script of INSERT statements with GO between them."""
    lines = ["USE [Octopus]", "GO"]
    for row in rows:
        names = list(row.columns)
        listed = ", ".join(f"[{name}]" for name in ("Id", *names, "JSON"))
        values = (row.id, *(row.columns[name] for name in names), row.json)
        lines += [f"INSERT INTO [dbo].[{row.table}] ({listed}) VALUES ({', '.join(map(_literal, values))})"]
        lines += ["GO"]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def csv_file(path: Path, rows: Iterable[Row]) -> Path:
    """`Table, Id, OwnerId, JSON`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Table", "Id", "OwnerId", "Name", "JSON"])
    for row in rows:
        writer.writerow([row.table, row.id, *_owner_and_name(row), row.json])
    path.write_text(text.getvalue())
    return path


def json_lines_file(path: Path, rows: Iterable[Row]) -> Path:
    """`{"Table": …, "Id": …, "JSON": "…"}`, one a line."""
    path.write_text("".join(f"{json.dumps(_flat(row))}\n" for row in rows))
    return path


def json_array_file(path: Path, rows: Iterable[Row]) -> Path:
    """What `SELECT … FOR JSON PATH` gives."""
    path.write_text(json.dumps([_flat(row) for row in rows], indent=1))
    return path


def parquet_file(path: Path, rows: Iterable[Row]) -> Path:
    """The same columns as Parquet."""
    pl.DataFrame([_flat(row) for row in rows]).write_parquet(path)
    return path


MAKERS: Final[Mapping[str, Callable[[Path, Iterable[Row]], Path]]] = {
    "store.sqlite": sqlite_file,
    "store.sql": script,
    "store.csv": csv_file,
    "store.jsonl": json_lines_file,
    "store.json": json_array_file,
    "store.parquet": parquet_file,
}
"""Every kind of store that keeps all tables in one file."""


def _flat(row: Row) -> dict[str, str]:
    owner, name = _owner_and_name(row)
    return {"Table": row.table, "Id": row.id, "OwnerId": owner, "Name": name, "JSON": row.json}


def _owner_and_name(row: Row) -> tuple[str, str]:
    return str(row.columns.get("OwnerId", "")), str(row.columns.get("Name", ""))


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.columns))


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "N'" + value.replace("'", "''") + "'"
