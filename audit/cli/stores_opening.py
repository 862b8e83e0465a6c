"""Options about stores, turned into stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from audit.cli.references import secrets_of
from audit.cloudbees.product import CLOUDBEES_CD
from audit.database_password import open_database_password
from audit.key_ring import make_key_ring
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.database.cloudbees_database import CloudBeesDatabase
from parsers.stores.database.connection import database_at
from parsers.stores.database.properties import read_database_properties
from parsers.stores.interface import Store
from parsers.stores.mapping import DEFAULT_MAPPING, read_mapping
from parsers.stores.open import open_store


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """The options about stores, as given."""

    references: Sequence[str]
    database_properties: Sequence[Path] = ()
    database_password: str | None = None
    mapping: Path | None = None
    columns: Sequence[str] = ()


def open_stores(options: StoreOptions, key_files: Sequence[KeyFile]) -> list[Store]:
    """Every store that the options name; the keys open a password that database.properties holds encrypted.

    Raises:
        StoreError: one is not there, or is no store.
        KeyRingError: no key opens the password in a database.properties.
        BadParameter: no store is named, or a column is not written as ROLE=COLUMN.
    """
    if not options.references and not options.database_properties:
        raise typer.BadParameter("name at least one", param_hint="--store / --database-properties")
    mapping = read_mapping(options.mapping) if options.mapping else DEFAULT_MAPPING
    password = next(iter(secrets_of([options.database_password] if options.database_password else [])), None)
    columns = dict(_role_and_column(each) for each in options.columns)
    stores: list[Store] = [
        open_store(reference, columns=columns, mapping=mapping, password=password)
        for reference in options.references
    ]
    for path in options.database_properties:
        found = read_database_properties(path)
        opened = password or _opened(found.password, key_files)
        stores.append(CloudBeesDatabase(database_at(found.url, password=opened), mapping))
    return stores


def _opened(stored: Secret | None, key_files: Sequence[KeyFile]) -> Secret | None:
    if stored is None:
        return None
    ring = make_key_ring(CLOUDBEES_CD, key_files, current_label=None, seen=())
    return open_database_password(stored, ring.keys)


def _role_and_column(given: str) -> tuple[str, str]:
    role, equals, column = given.partition("=")
    if not equals or not role or not column:
        raise typer.BadParameter(f"{given!r} is not ROLE=COLUMN", param_hint="--column")
    return role, column
