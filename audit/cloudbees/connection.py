"""`database.properties`, in which CloudBees CD keeps where its database is, and the password of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from audit.cloudbees.database_password import open_database_password
from audit.cloudbees.properties_file import rekeyed_properties
from audit.keys.key_ring import Key
from audit.product import ConnectionFile
from parsers.cloudbees.database_properties import read_database_properties
from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.secret import Secret
from parsers.stores.database.connection import database_at
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping


def _open(path: Path, keys: Sequence[Key], password: Secret | None, mapping: Mapping) -> Store:
    found = read_database_properties(path)
    opened = password
    if opened is None and found.password is not None:
        opened = open_database_password(found.password, keys)
    return CloudBeesDatabase(database_at(found.url, password=opened), mapping)


DATABASE: Final = "database.properties"

CONNECTION: Final = ConnectionFile(
    name=DATABASE, read=read_database_properties, open=_open, rekeyed=rekeyed_properties
)
