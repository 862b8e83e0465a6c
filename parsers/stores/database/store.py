"""What every database is as a store, whichever product's tables are in it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from parsers.stores.database.changing.target import Locator
from parsers.stores.database.connection import Database
from parsers.stores.interface import StoreEvent


class DatabaseStore(ABC):
    """A `Store` over a database, which can also say where its records lie. Reading writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def label(self) -> str:
        """The file's path, or the URL without user and password."""
        return self._database.label

    @property
    def database(self) -> Database:
        """Where the tables are."""
        return self._database

    @abstractmethod
    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: no connection, or none of the product's tables is there.
        """

    @abstractmethod
    def locator(self) -> Locator:
        """What finds the records of its values again, so that they can be changed in place.

        Raises:
            StoreError: no connection.
        """
