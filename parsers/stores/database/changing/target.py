"""Where values lie in a database: table, row, and place in the row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table
from parsers.stores.store_writer import BlockerKind, StoredCiphertext

Cells = tuple[object, ...]
"""What stands in the value-holding columns of one row, as the driver hands it out."""


def stored_bytes(cell: object) -> bytes:
    """What a driver hands out as the bytes that the reader of stores makes of it; b"" for null."""
    match cell:
        case None:
            return b""
        case bytes() | bytearray() | memoryview():
            return bytes(cell)
        case _:
            return str(cell).encode("utf-8", "surrogateescape")


class Form(Protocol):
    """How stored values lie in the cells of a row."""

    def sealed(self, cells: Cells, places: Sequence[str]) -> list[StoredCiphertext | None]:
        """The value at each place; None where there is no such place."""
        ...

    def changed(self, cells: Cells, new: Mapping[str, StoredCiphertext]) -> Cells:
        """The cells with other values at some of the places that `sealed` found.

        A cell in which nothing changes is the very same object.

        Raises:
            StoreError: a value cannot stand there.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A table that holds values; each is made once, and equal to itself only.

    Attributes:
        table: the table.
        key: the column that finds a row again.
        columns: those that hold values.
        form: how they do.
        kept: columns that the server sets anew with every change unless the statement names them.
        engine: the storage engine, if it has no transactions.
        at_once: how many rows are held at a time.
    """

    table: Table
    key: Column
    columns: tuple[Column, ...]
    form: Form
    kept: tuple[Column, ...] = ()
    engine: str | None = None
    at_once: int = 500


@dataclass(frozen=True, slots=True, repr=False)
class Located:
    """Where a record leads: a row by its key as the driver hands it out, and a place in that row."""

    target: Target
    key: object
    place: str


@dataclass(frozen=True, slots=True)
class RuledOut:
    """Why a record leads nowhere where it could be changed, in words for people."""

    why: str
    kind: BlockerKind = BlockerKind.NOT_FOUND_AGAIN


class Locator(Protocol):
    """What finds records of one product again."""

    def locate(self, connection: sa.Connection, records: Sequence[str]) -> dict[str, Located | RuledOut]:
        """For each record where it leads, or why it is ruled out.

        Raises:
            DRIVER_FAULTS: from the database.
        """
        ...


_WITHOUT_TRANSACTIONS: Final = (
    "SELECT t.table_name, t.engine FROM information_schema.tables t "
    "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
    "WHERE t.table_schema = DATABASE() AND COALESCE(e.transactions, 'NO') <> 'YES'"
)
_SET_ANEW: Final = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND LOCATE('on update', LOWER(extra)) > 0"
)


@dataclass(frozen=True, slots=True)
class TableHabits:
    """Of the tables of one database.

    Attributes:
        engines: the storage engine of each table whose changes cannot be taken back.
        set_anew: table and column of each `ON UPDATE CURRENT_TIMESTAMP`. (SQL Server's `rowversion` is none
            of them: nothing keeps that as it is.)
    """

    engines: Mapping[str, str]
    set_anew: frozenset[tuple[str, str]]

    def kept(self, table: Table) -> tuple[Column, ...]:
        """The columns that a statement must name if it is to leave them as they are."""
        return tuple(column for column in table.columns if (table.name, column.name) in self.set_anew)


def table_habits(connection: sa.Connection) -> TableHabits:
    """As the server's own catalogue has them; other servers have none.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return TableHabits({}, frozenset())
    engines = connection.exec_driver_sql(_WITHOUT_TRANSACTIONS).all()
    set_anew = connection.exec_driver_sql(_SET_ANEW).all()
    return TableHabits(
        {str(table): str(engine or "") for table, engine in engines},
        frozenset((str(table), str(column)) for table, column in set_anew),
    )
