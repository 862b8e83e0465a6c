"""A store found through a product's own file, which says where its database is."""

from collections.abc import Sequence
from pathlib import Path

from audit.keys.key_ring import make_key_ring
from audit.product import ConnectionFile, Product
from audit.products import every_product
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping


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
