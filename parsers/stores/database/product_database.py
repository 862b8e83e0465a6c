"""A database whose product its tables tell, once it is read."""

from collections.abc import Iterator

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.octopus.stores.database import OctopusDatabase, is_octopus
from parsers.stores.database.catalogue import Catalogue
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.interface import Store, StoreEvent
from parsers.stores.mapping import DEFAULT_MAPPING, Mapping


class ProductDatabase:
    """A `Store` over the database of either product. A mapping file is for CloudBees CD, and says so."""

    def __init__(self, database: Database, mapping: Mapping = DEFAULT_MAPPING) -> None:
        self._database = database
        self._mapping = mapping

    @property
    def label(self) -> str:
        """The file's path, or the URL without user and password."""
        return self._database.label

    @property
    def database(self) -> Database:
        """Where the tables are."""
        return self._database

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: no connection, or the tables of neither product are there.
        """
        yield from self.store().read()

    def store(self) -> Store:
        """The store of the product that the tables are of.

        Raises:
            StoreError: no connection.
        """
        try:
            with self._database.reading() as connection:
                octopus = self._mapping is DEFAULT_MAPPING and is_octopus(Catalogue(connection))
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self.label!r} cannot be read: {explain(error)}") from error
        return (
            OctopusDatabase(self._database) if octopus else CloudBeesDatabase(self._database, self._mapping)
        )
