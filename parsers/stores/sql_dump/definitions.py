"""The tables that a dump defines: its catalogue as far as it was read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.types import NullType

from parsers.stores.database.catalogue import Column, Table, Unusable
from parsers.stores.sql_dump.dialect import NAME, QUALIFIED, Dialect
from parsers.stores.sql_dump.literal import UNKNOWN_FORM, ColumnForm

_HEAD: Final = re.compile(
    rb"(?is)CREATE\s++(?:(?:OR\s+REPLACE|GLOBAL|LOCAL|TEMPORARY|TEMP|UNLOGGED)\s++)*+"
    rb"TABLE\s++(?:IF\s+NOT\s+EXISTS\s++)?+(" + QUALIFIED + rb")\s*+\("
)
_PART: Final = re.compile(NAME)
_COLUMN: Final = re.compile(rb"(?s)\s*+(" + NAME + rb")\s++(\w++)(?:\s++varying)?+(?:\s*+\(\s*+(\d++))?")
_KEYS: Final = (
    rb"(?:CONSTRAINT\s++" + NAME + rb"\s++)?+(?:PRIMARY|FOREIGN)\s++KEY\s*+(?:" + NAME + rb"\s*+)?+\(([^)]*+)"
)
_KEYS_DEFINED: Final = re.compile(rb"(?is)\s*+" + _KEYS)
KEYS_ADDED: Final = re.compile(
    rb"(?is)ALTER\s++TABLE\s++(?:ONLY\s++)?+(" + QUALIFIED + rb")\s++ADD\s++" + _KEYS
)
"""How PostgreSQL's dumps define keys, after the rows: the table, and the columns of the key."""
_NO_COLUMN: Final = frozenset(
    {b"PRIMARY", b"KEY", b"UNIQUE", b"CONSTRAINT", b"INDEX", b"FULLTEXT", b"SPATIAL", b"FOREIGN"}
    | {b"CHECK", b"EXCLUDE", b"PERIOD", b"LIKE"}
)
_BOUNDED: Final = frozenset({"char", "character", "varchar", "nchar", "nvarchar", "binary", "varbinary"})
_BINARY: Final = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bytea"})


@dataclass(frozen=True, slots=True)
class DumpedColumn:
    """A column's name, and what its type means for its values.

    Attributes:
        name: as the dump has it.
        form: how its values are written.
        max_length: characters, or bytes, that a value may have; None if unbounded or unknown.
    """

    name: str
    form: ColumnForm = UNKNOWN_FORM
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class DumpedTable:
    """A table's name without its schema, its columns in order, and those of its primary and foreign keys."""

    name: str
    columns: tuple[DumpedColumn, ...]
    keys: frozenset[str] = frozenset()

    def column(self, name: str) -> DumpedColumn | None:
        """The column of this name, in any case."""
        folded = name.casefold()
        return next((column for column in self.columns if column.name.casefold() == folded), None)


def bare_name(qualified: bytes) -> str:
    """The last part of a name, without its quotes."""
    part = _PART.findall(qualified)[-1]
    if part[:1] in {b"`", b'"'}:
        part = part[1:-1].replace(part[:1] * 2, part[:1])
    text: str = part.decode("utf-8", "backslashreplace")
    return text


def names_in(listed: bytes) -> tuple[str, ...]:
    """The names in a column list."""
    return tuple(bare_name(name) for name in _PART.findall(listed))


def parse_create_table(statement: bytes, dialect: Dialect) -> DumpedTable | None:
    """The table that a CREATE TABLE makes; None if it defines no columns (`… AS SELECT`)."""
    head = _HEAD.match(statement)
    if head is None:
        return None
    columns: list[DumpedColumn] = []
    keys: set[str] = set()
    for definition in _split_definitions(statement[head.end() :], dialect):
        found = _COLUMN.match(definition)
        if found is not None and found[1].upper() not in _NO_COLUMN:
            kind = found[2].decode().lower()
            max_length = int(found[3]) if found[3] and kind in _BOUNDED else None
            columns.append(DumpedColumn(bare_name(found[1]), _form(kind, found[3]), max_length))
        elif key := _KEYS_DEFINED.match(definition):
            keys.update(names_in(key[1]))
    return DumpedTable(bare_name(head[1]), tuple(columns), frozenset(keys)) if columns else None


def _form(kind: str, length: bytes | None) -> ColumnForm:
    return ColumnForm(kind in _BINARY, int(length or 0) if kind == "binary" else 0)


def _split_definitions(body: bytes, dialect: Dialect) -> Iterator[bytes]:
    """The parts between commas at the outermost level, up to the closing parenthesis."""
    depth, start, at = 0, 0, 0
    while at < len(body):
        at = _next_mark(body, at, dialect)
        mark = body[at : at + 1]
        if mark == b"(":
            depth += 1
        elif mark == b")":
            depth -= 1
        if depth < 0 or (mark == b"," and depth == 0):
            yield body[start:at]
            start = at + 1
        if depth < 0:
            return
        at += 1


def _next_mark(body: bytes, at: int, dialect: Dialect) -> int:
    """The position of the next parenthesis or comma outside quotes."""
    found = dialect.unmarked.match(body, at)
    return found.end() if found else at


NEITHER: Final = "the dump has neither their columns nor the table's definition"


@dataclass(frozen=True, slots=True)
class RowHeader:
    """The beginning of an INSERT or COPY: the layout of its rows.

    Attributes:
        table: the table's case-folded name.
        count: how many values a row has.
        requested: the columns that are wanted, case-folded, whether there or not.
        wanted: positions of those that are there.
        columns: their definitions.
    """

    table: str
    count: int
    requested: frozenset[str]
    wanted: tuple[int, ...]
    columns: tuple[DumpedColumn, ...]


class Definitions:
    """The catalogue of a dump, as `plan` needs it.

    Attributes:
        tables: those seen so far, by case-folded name.
    """

    def __init__(self, tables: Mapping[str, DumpedTable] | None = None) -> None:
        self.tables = dict(tables or {})

    def define(self, table: DumpedTable) -> None:
        """Add the table of a CREATE TABLE."""
        self.tables[table.name.casefold()] = table

    def add_if_unknown(self, name: str, listed: bytes | None) -> None:
        """Add a table that the dump does not define by the columns that its rows name."""
        if listed is not None and name.casefold() not in self.tables:
            self.define(DumpedTable(name, tuple(DumpedColumn(column) for column in names_in(listed))))

    def add_keys(self, name: str, columns: Iterable[str]) -> None:
        """Mark the columns that an ALTER TABLE makes a key."""
        if table := self.tables.get(name.casefold()):
            self.define(replace(table, keys=table.keys.union(columns)))

    def find(self, name: str) -> Table | Unusable:
        """The table of this name, in any case."""
        found = self.tables.get(name.casefold())
        if found is None:
            return Unusable.ABSENT
        columns = tuple(Column(column.name, NullType()) for column in found.columns)
        return Table(found.name, columns, found.keys, frozenset())

    def header(self, name: str, listed: bytes | None, requested: frozenset[str]) -> RowHeader | str:
        """The layout of this table's rows and where the requested columns are; or why that is unknown."""
        table = self.tables.get(name.casefold())
        if table is None:
            return NEITHER
        columns = table.columns
        if listed is not None:
            columns = tuple(table.column(column) or DumpedColumn(column) for column in names_in(listed))
        wanted = tuple(at for at, column in enumerate(columns) if column.name.casefold() in requested)
        there = tuple(columns[at] for at in wanted)
        return RowHeader(name.casefold(), len(columns), requested, wanted, there)
