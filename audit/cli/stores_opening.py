"""Options about stores, turned into stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from audit.cli.references import secrets_of
from audit.connection_files import open_connection_file
from parsers.keys.key_file import KeyFile
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
    stores += [
        open_connection_file(path, key_files, password, mapping) for path in options.database_properties
    ]
    return stores


def _role_and_column(given: str) -> tuple[str, str]:
    role, equals, column = given.partition("=")
    if not equals or not role or not column:
        raise typer.BadParameter(f"{given!r} is not ROLE=COLUMN", param_hint="--column")
    return role, column
