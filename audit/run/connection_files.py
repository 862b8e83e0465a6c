"""A store found by a product's own file, which says where its database is."""

from collections.abc import Sequence
from pathlib import Path

from audit.keys.key_ring import make_key_ring
from audit.products import every_product
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping


def open_connection_file(
    path: Path, files: Sequence[KeyFile], password: Secret | None, mapping: Mapping
) -> Store:
    """The store that the file names.

    Args:
        path: the file, of the one product that has such files.
        files: candidate keys that may open a password in it.
        password: the database's own, if somebody gave it: then the one in the file is not needed.
        mapping: names of tables and columns.

    Raises:
        StoreError: it cannot be read, or names no database that can be.
        KeyRingError: no key opens the password in it.
    """
    ((product, connection),) = ((each, each.connection) for each in every_product() if each.connection)
    ring = make_key_ring(product, files, current_label=None, seen=())
    return connection.open(path, ring.keys, password, mapping)
