"""A database whose product its tables tell, once it is read."""

from collections.abc import Iterator

from parsers.errors import StoreError
from parsers.products import every_product
from parsers.stores.database.catalogue import Catalogue
from parsers.stores.database.changing.target import Locator
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.store import DatabaseStore
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import StoreEvent
from parsers.stores.mapping import Mapping


class ProductDatabase(DatabaseStore):
    """A database of any product. Who gives a mapping file says that it is of one that takes such a file."""

    def __init__(self, database: Database, mapping: Mapping = DEFAULT_MAPPING) -> None:
        super().__init__(database)
        self._mapping = mapping

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: no connection, or the tables of no product are there.
        """
        yield from self.store().read()

    def locator(self) -> Locator:
        """As `DatabaseStore.locator`."""
        return self.store().locator()

    def store(self) -> DatabaseStore:
        """The store of the product that the tables are of: the first of the list that recognises them.

        Raises:
            StoreError: no connection, or no product recognises them.
        """
        forms = [product.stores().database for product in every_product()]
        try:
            with self._database.reading() as connection:
                catalogue = Catalogue(connection)
                found = next(
                    (
                        form
                        for form in forms
                        if (form.takes_mapping or self._mapping is DEFAULT_MAPPING)
                        and form.recognise(catalogue)
                    ),
                    None,
                )
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self.label!r} cannot be read: {explain(error)}") from error
        if found is None:
            raise StoreError(f"{self.label!r} has the tables of no product that is known")
        return found.open(self._database, self._mapping)
