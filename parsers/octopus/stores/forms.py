"""Where values of Octopus Deploy rest, and how each such place is recognised and written anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from parsers.errors import StoreError
from parsers.octopus import ID
from parsers.octopus.stores.database import OctopusDatabase, is_octopus
from parsers.octopus.stores.migrator import MigratorFolder, is_migrator_folder
from parsers.octopus.stores.rows import KIND, clean
from parsers.octopus.stores.sql_server_script import OctopusScript
from parsers.octopus.stores.table_file import (
    OctopusTableFile,
    OctopusTableFolder,
    TableFileFormat,
    form_of,
    table_folder,
)
from parsers.product import DatabaseForm, StoreForms
from parsers.stores.batches import StoredRow, in_batches
from parsers.stores.database.connection import Database
from parsers.stores.interface import Store, StoreEvent
from parsers.stores.mapping import Mapping
from parsers.stores.rewriting.file_rewriter import StreamRewriter
from parsers.stores.rewriting.one_file import one_file
from parsers.stores.rewriting.source_files import SourceFile, files_of_folder
from parsers.stores.store_file import Look, StoreFile
from parsers.stores.text_encoding import encoding_of

MAGIC: Final = b"IV__"


@dataclass(frozen=True, slots=True)
class OfflineDrop:
    """A `Store` with one value, the file itself: a JSON document of all sensitive variables."""

    file: StoreFile

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: it cannot be read.
        """
        with self.file.open() as leaf:
            yield from in_batches(self._rows(), leaf)

    def _rows(self) -> Iterator[StoredRow]:
        name = clean(Path(self.file.reference).name)
        yield StoredRow(
            system=ID,
            kind=KIND,
            project="",
            name=f"offline drop {name}",
            user_name="",
            location=name,
            credential_type="",
            modified="",
            value=self.file.whole(),
            iv=None,
            record="file",
        )


_SQL: Final = re.compile(
    r"\s*(?:--|/\*|(?:SET|USE|BEGIN|CREATE|DECLARE|PRINT|DROP|INSERT|ALTER|IF|GO)\b)", re.IGNORECASE
)
_BATCH_END: Final = re.compile(r"(?im)^GO[ \t]*\r?$")
_INSERTS_DOCUMENT: Final = re.compile(
    r"(?im)^\s*INSERT\s+(?:INTO\s+)?[\w.\"\[\]]+\s*\((?=[^()]*\bId\b)(?=[^()]*\bJSON(?:Blob)?\b)"
)
# INSERT INTO [dbo].[Account] ([Id], [Name], [JSON]) VALUES (N'Accounts-1', …)
_OF_MAPPED_TABLES: Final = re.compile(r"(?i)\bINSERT\s+(?:INTO\s+)?[\w.\"\[\]]*\bec_\w+")
# INSERT INTO ec_credential VALUES (…): a dump of the other product, which SQL Server's tools write as well


def _file(file: StoreFile, head: bytes) -> Store | None:
    """The store that a file is, or None. A SQLite file is recognised by its tables, once it is read.

    Args:
        file: where it lies.
        head: its first bytes, decompressed.
    """
    if head.startswith(MAGIC):
        return OfflineDrop(file)
    if _is_script(head.decode(encoding_of(head), "replace")):
        return OctopusScript(file)
    form = form_of(file, head)
    return None if form is None else OctopusTableFile(file, form)


def _is_script(text: str) -> bool:
    """A script as SQL Server's tools write it, with documents, or with no row so soon; not CloudBees CD's."""
    if _OF_MAPPED_TABLES.search(text):
        return False
    return bool(_INSERTS_DOCUMENT.search(text) or (_SQL.match(text) and _BATCH_END.search(text)))


def _folder(folder: Path) -> Store | None:
    """The store that a folder is, or None.

    Raises:
        StoreError: it, or a file in it, cannot be opened.
    """
    try:
        return MigratorFolder(str(folder)) if is_migrator_folder(folder) else table_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error


def _open_database(database: Database, _mapping: Mapping) -> OctopusDatabase:
    """Its tables are known by their columns: no mapping says more of them."""
    return OctopusDatabase(database)


def _written_anew(store: Store) -> StreamRewriter | None:
    match store:
        case OctopusTableFile(form=TableFileFormat.PARQUET):
            return None
        case OctopusTableFile():
            return one_file(store.file, lambda file: replace(store, file=file))
        case OctopusScript():
            return one_file(store.file, OctopusScript)
        case OctopusTableFolder():
            return _of_tables(store)
        case MigratorFolder():
            return _of_migrator(store)
        case _:
            return None


def _of_tables(store: OctopusTableFolder) -> StreamRewriter:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), [each.file for each in store.files])

    def seen_through(look: Look) -> Store:
        tables = (replace(each, file=replace(each.file, look=look)) for each in store.files)
        return replace(store, files=tuple(tables))

    return StreamRewriter(store.label, files, seen_through)


def _of_migrator(store: MigratorFolder) -> StreamRewriter:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), store.documents())

    def seen_through(look: Look) -> Store:
        return replace(store, look=look)

    return StreamRewriter(store.label, files, seen_through)


STORES: Final = StoreForms(
    file=_file,
    folder=_folder,
    database=DatabaseForm(recognise=is_octopus, open=_open_database),
    written_anew=_written_anew,
    folders="what Octopus.Migrator writes, or one file with Id and JSON for each table",
)
