"""A store → what changes its values where they lie, if it can be changed so."""

from typing import Final

from parsers.errors import StoreError
from parsers.stores.change import InPlace
from parsers.stores.database.changing.access import Access, Patience, roll_back_journal
from parsers.stores.database.changing.database_in_place import DatabaseInPlace
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.store import DatabaseStore
from parsers.stores.interface import Store

_PATIENCE: Final = Patience()


def in_place(store: Store, *, patience: Patience = _PATIENCE) -> InPlace | None:
    """What changes a live database, or a SQLite file that is not compressed; None for every other store.

    Raises:
        StoreError: no connection.
    """
    match store:
        case DatabaseStore() if _lies_somewhere(store.database):
            return DatabaseInPlace(Access(store.database, patience), store.locator())
        case _:
            return None


def roll_back_unfinished(store: Store) -> None:
    """Undo what a program that was killed had begun to write: SQLite's readers cannot, servers have done it.

    To be called before a store is read that is to be changed; of any other file nothing is touched.

    Raises:
        StoreError: the file cannot be written.
    """
    match store:
        case DatabaseStore() if store.database.file is not None:
            try:
                roll_back_journal(store.database.file)
            except DRIVER_FAULTS as error:
                raise StoreError(f"{store.label!r} cannot be opened for writing: {explain(error)}") from error


def _lies_somewhere(database: Database) -> bool:
    """A SQLite file that lay compressed is in memory only."""
    return database.engine.dialect.name != "sqlite" or database.file is not None
