"""`database.properties`, in which CloudBees CD keeps where its database is, and the password of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audit.cloudbees.database_password import open_database_password
from audit.cloudbees.properties_file import rekeyed_properties
from audit.keys.key_ring import Key
from audit.product import ConnectionFile
from parsers.secret import Secret
from parsers.stores.database.cloudbees_database import CloudBeesDatabase
from parsers.stores.database.connection import database_at
from parsers.stores.database.properties import read_database_properties
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping


def _open(path: Path, keys: Sequence[Key], password: Secret | None, mapping: Mapping) -> Store:
    found = read_database_properties(path)
    opened = password
    if opened is None and found.password is not None:
        opened = open_database_password(found.password, keys)
    return CloudBeesDatabase(database_at(found.url, password=opened), mapping)


def _is_properties_file(path: Path) -> bool:
    return path.suffix == ".properties"


CONNECTION: Final = ConnectionFile(recognises=_is_properties_file, open=_open, rekeyed=rekeyed_properties)
