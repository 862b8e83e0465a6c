"""The documents as a SQLite file, and as a script of INSERT statements."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from sample_logs.generator.octopus.documents import Document

_VERSION_AT: Final = 96
_VERSION: Final = (3_040_001).to_bytes(4, "big")
"""The header's number of the SQLite library that wrote a file, always the same here."""


def sqlite_file(documents: Sequence[Document]) -> bytes:
    """A database with the tables of Octopus' own, as far as the estate has them."""
    connection = sqlite3.connect(":memory:")
    try:
        for table, rows in _by_table(documents).items():
            names = _columns(rows)
            listed = ", ".join(f"{name} TEXT" for name in names)
            connection.execute(f"CREATE TABLE {table} ({listed})")
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608 # names of this file's own making
                ([_cell(row, name) for name in names] for row in rows),
            )
        connection.commit()
        content = connection.serialize()
    finally:
        connection.close()
    return content[:_VERSION_AT] + _VERSION + content[_VERSION_AT + 4 :]


def script(documents: Sequence[Document]) -> bytes:
    """As SQL Server's tools generate it: UTF-16 with its mark, `N'…'`, and `GO` behind each statement."""
    lines = ["USE [Octopus]", "GO"]
    for table, rows in _by_table(documents).items():
        names = _columns(rows)
        listed = ", ".join(f"[{name}]" for name in names)
        for row in rows:
            cells = ", ".join(_literal(_cell(row, name)) for name in names)
            statement = f"INSERT [dbo].[{table}] ({listed}) VALUES ({cells})"  # noqa: S608 # it is never run here
            lines += [statement, "GO"]
    return b"\xff\xfe" + "\r\n".join([*lines, ""]).encode("utf-16-le")


def _by_table(documents: Sequence[Document]) -> dict[str, list[Document]]:
    tables: dict[str, list[Document]] = {}
    for document in documents:
        tables.setdefault(document.table, []).append(document)
    return tables


def _columns(rows: Sequence[Document]) -> list[str]:
    return ["Id", *dict.fromkeys(name for row in rows for name in row.columns), "JSON"]


def _cell(row: Document, name: str) -> str | int | None:
    return {"Id": row.id, "JSON": row.json, **row.columns}.get(name)


def _literal(value: str | int | None) -> str:
    match value:
        case None:
            return "NULL"
        case int():
            return str(value)
        case str():
            return "N'" + value.replace("'", "''") + "'"
