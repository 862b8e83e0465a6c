"""Where values lie in a database: table, row, and place in the row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table
from parsers.stores.store_writer import Hindrance, Sealed

Cells = tuple[object, ...]
"""What stands in the value-holding columns of one row, as the driver hands it out."""


class Form(Protocol):
    """How stored values lie in the cells of a row."""

    def sealed(self, cells: Cells, places: Sequence[str]) -> list[Sealed | None]:
        """The value at each place; None where there is no such place."""
        ...

    def changed(self, cells: Cells, new: Mapping[str, Sealed]) -> Cells:
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
    hindrance: Hindrance = Hindrance.NOT_FOUND_AGAIN


class Locator(Protocol):
    """What finds records of one product again."""

    def locate(self, connection: sa.Connection, records: Sequence[str]) -> dict[str, Located | RuledOut]:
        """For each record where it leads, or why it is ruled out.

        Raises:
            DRIVER_FAULTS: from the database.
        """
        ...
