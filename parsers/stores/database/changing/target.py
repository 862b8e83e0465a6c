"""Where values are in a database: table, row, and place in the row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table
from parsers.stores.store_writer import BlockerKind, StoredCiphertext

Cells = tuple[object, ...]
"""The columns of one row that hold values, as the driver returns them."""


def stored_bytes(cell: object) -> bytes:
    """A driver's value as bytes, the same that the reader of stores yields; b"" for null."""
    match cell:
        case None:
            return b""
        case bytes() | bytearray() | memoryview():
            return bytes(cell)
        case _:
            return str(cell).encode("utf-8", "surrogateescape")


class CellCodec(Protocol):
    """How stored values are encoded in the cells of a row."""

    def read_values(self, cells: Cells, places: Sequence[str]) -> list[StoredCiphertext | None]:
        """The value at each place; None where the place does not exist."""
        ...

    def write_values(self, cells: Cells, new: Mapping[str, StoredCiphertext]) -> Cells:
        """The cells with new values at some of the places that `read_values` found.

        A cell in which nothing changes is the same object.

        Raises:
            StoreError: a value cannot be written there.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A table that holds values; made once, and equal only to itself.

    Attributes:
        table: the table.
        key: the column that identifies a row.
        columns: the columns that hold values.
        codec: how they are encoded.
        kept: columns that the server updates with every change unless the statement names them.
        engine: the storage engine, if it has no transactions.
        at_once: how many rows are held at a time.
    """

    table: Table
    key: Column
    columns: tuple[Column, ...]
    codec: CellCodec
    kept: tuple[Column, ...] = ()
    engine: str | None = None
    at_once: int = 500


@dataclass(frozen=True, slots=True, repr=False)
class RecordLocation:
    """The location of a record: a row, by its key as the driver returns it, and a place in that row."""

    target: Target
    key: object
    place: str


@dataclass(frozen=True, slots=True)
class UnlocatedRecord:
    """Why a record has no location where it could be changed, in words for users."""

    why: str
    kind: BlockerKind = BlockerKind.NOT_FOUND_AGAIN


class Locator(Protocol):
    """Finds the records of one product again."""

    def locate(
        self, connection: sa.Connection, records: Sequence[str]
    ) -> dict[str, RecordLocation | UnlocatedRecord]:
        """For each record its location, or why it has none.

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
class TableProperties:
    """Properties of MySQL's and MariaDB's tables that other servers do not have.

    Attributes:
        engines: the storage engine of each table without transactions.
        set_anew: table and column of each `ON UPDATE CURRENT_TIMESTAMP`. (SQL Server's `rowversion` is not
            among them: nothing can preserve it.)
    """

    engines: Mapping[str, str]
    set_anew: frozenset[tuple[str, str]]

    def kept(self, table: Table) -> tuple[Column, ...]:
        """The columns that a statement must name to leave them unchanged."""
        return tuple(column for column in table.columns if (table.name, column.name) in self.set_anew)


def table_properties(connection: sa.Connection) -> TableProperties:
    """The properties in the server's own catalogue; other servers have none.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return TableProperties({}, frozenset())
    engines = connection.exec_driver_sql(_WITHOUT_TRANSACTIONS).all()
    set_anew = connection.exec_driver_sql(_SET_ANEW).all()
    return TableProperties(
        {str(table): str(engine or "") for table, engine in engines},
        frozenset((str(table), str(column)) for table, column in set_anew),
    )
