"""References to stores, and how they are opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.errors import RequestError
from audit.keys.key_ring import make_key_ring
from audit.product import ConnectionFile, Product
from audit.products import every_product
from audit.run.references import Resolver
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.default_mapping import DEFAULT_MAPPING, read_mapping
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping
from parsers.stores.open import open_store


def open_connection_file(
    path: Path, files: Sequence[KeyFile], password: Secret | None, mapping: Mapping
) -> Store:
    """The store that the file names.

    Args:
        path: the file.
        files: candidate keys that may open a password in it.
        password: the database's own, if it was given: then the one in the file is not needed.
        mapping: names of tables and columns.

    Raises:
        StoreError: it cannot be read, names no database that can be, or is of no product that is known.
        KeyRingError: no key opens the password in it.
    """
    product, connection = product_of_connection_file(path)
    ring = make_key_ring(product, files, current_label=None, seen=())
    return connection.open(path, ring.keys, password, mapping)


def product_of_connection_file(path: Path) -> tuple[Product, ConnectionFile]:
    """The product whose file it is. While only one product has such files, it is that one's under any name.

    Raises:
        StoreError: several products have such files, and this is none of theirs.
    """
    having = [(each, each.connection) for each in every_product() if each.connection is not None]
    for product, connection in having:
        if len(having) == 1 or connection.recognises(path):
            return product, connection
    titles = ", ".join(product.title for product, _ in having)
    raise StoreError(f"{str(path)!r} has no name that such a file has of {titles}")


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Which stores, and how they are read.

    Attributes:
        references: paths of export XML, SQL dumps, CSV, Parquet, JSON Lines, SQLite files, Migrator folders;
            or database URLs.
        database_properties: a product's own files, each naming a database.
        database_password: reference to the password of database URLs.
        mapping: a TOML file with the tables and columns that hold secrets, where the defaults do not fit.
        columns: of table files, each `ROLE=COLUMN`.
    """

    references: Sequence[str]
    database_properties: Sequence[Path] = ()
    database_password: str | None = None
    mapping: Path | None = None
    columns: Sequence[str] = ()


class StoreOpener:
    """Opens stores as the options say; their password is resolved once, for it may have been typed."""

    def __init__(self, options: StoreOptions, key_files: Sequence[KeyFile], resolver: Resolver) -> None:
        """Check the options.

        Args:
            options: as given.
            key_files: they open a password that a database.properties holds encrypted.
            resolver: resolves the reference to a password.

        Raises:
            RequestError: no store is named, or a column is not written as ROLE=COLUMN.
            ParsersError: the mapping or the password cannot be read.
        """
        if not options.references and not options.database_properties:
            raise RequestError("name at least one", field="stores")
        self._options = options
        self._key_files = key_files
        self.mapping = read_mapping(options.mapping) if options.mapping else DEFAULT_MAPPING
        of_database = options.database_password
        self._password = resolver.password(of_database) if of_database else None
        self._columns = dict(_role_and_column(each) for each in options.columns)

    def open_all(self) -> list[Store]:
        """Every store that the options name.

        Raises:
            StoreError: one is not there, or is not a store.
            KeyRingError: no key opens the password in a database.properties.
        """
        stores = [self.open(reference) for reference in self._options.references]
        named = (
            open_connection_file(path, self._key_files, self._password, self.mapping)
            for path in self._options.database_properties
        )
        return [*stores, *named]

    def open(self, reference: str) -> Store:
        """A store that the options need not name, opened as if they did.

        Raises:
            StoreError: it is not there, or is not a store.
        """
        return open_store(reference, columns=self._columns, mapping=self.mapping, password=self._password)


def _role_and_column(given: str) -> tuple[str, str]:
    role, equals, column = given.partition("=")
    if not equals or not role or not column:
        raise RequestError(f"{given!r} is not ROLE=COLUMN", field="columns")
    return role, column
