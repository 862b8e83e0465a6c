"""Where values of CloudBees CD rest: its export, its database, and how each is recognised."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.cloudbees.stores.export import CloudBeesExport
from parsers.cloudbees.stores.passkey_history import passkey_attribute
from parsers.cloudbees.stores.tables import INFERRED_TABLES
from parsers.product import DatabaseForm, StoreForms
from parsers.stores.database.catalogue import Catalogue
from parsers.stores.interface import Store
from parsers.stores.rewriting.file_rewriter import StreamRewriter
from parsers.stores.rewriting.one_file import one_file
from parsers.stores.store_file import StoreFile
from parsers.stores.text_encoding import encoding_of


def _file(file: StoreFile, head: bytes) -> Store | None:
    """Every XML: what is not an export says so once it is read, with the name of its root element."""
    text = head.decode(encoding_of(head), "replace").lstrip()
    return CloudBeesExport(file) if text.startswith("<") else None


def _folder(_: Path) -> None:
    return None


def _any_database(_: Catalogue) -> bool:
    """A mapping may name any table; where none of them is there, reading says so."""
    return True


def _written_anew(store: Store) -> StreamRewriter | None:
    match store:
        case CloudBeesExport():
            return replace(one_file(store.file, CloudBeesExport), fingerprint_span=passkey_attribute)
        case _:
            return None


STORES: Final = StoreForms(
    file=_file,
    folder=_folder,
    database=DatabaseForm(recognise=_any_database, open=CloudBeesDatabase, takes_mapping=True),
    written_anew=_written_anew,
    tables=INFERRED_TABLES,
)
