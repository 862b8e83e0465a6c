"""Which kinds of stores are written anew, and of which files each consists."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from parsers.cloudbees.stores.export import CloudBeesExport
from parsers.octopus.stores.migrator import MigratorFolder
from parsers.octopus.stores.script import OctopusScript
from parsers.octopus.stores.table_file import Form, OctopusTableFile, OctopusTableFolder
from parsers.stores.change import OutOfPlace
from parsers.stores.interface import Store
from parsers.stores.rewriting.room import records_without_room
from parsers.stores.rewriting.source_files import SourceFile, files_of_folder, read_file
from parsers.stores.rewriting.written_anew import WrittenAnew
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_file import Look
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable

_OneFile = CloudBeesExport | CsvTable | JsonLinesTable | SqlDump | OctopusScript | OctopusTableFile


def out_of_place(store: Store) -> OutOfPlace | None:
    """What writes the store anew; None for a database, and for files that are no text."""
    match store:
        case OctopusTableFile(form=Form.PARQUET):
            return None
        case SqlDump():
            return replace(_of_one_file(store), without_room=partial(records_without_room, store))
        case CloudBeesExport() | CsvTable() | JsonLinesTable() | OctopusScript() | OctopusTableFile():
            return _of_one_file(store)
        case OctopusTableFolder():
            return _of_tables(store)
        case MigratorFolder():
            return _of_migrator(store)
        case _:
            return None


def _of_one_file(store: _OneFile) -> WrittenAnew:
    def files() -> list[SourceFile]:
        return [read_file(store.file)]

    def seen_through(look: Look) -> Store:
        return replace(store, file=replace(store.file, look=look))

    return WrittenAnew(store.label, files, seen_through, is_export=isinstance(store, CloudBeesExport))


def _of_tables(store: OctopusTableFolder) -> OutOfPlace:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), [each.file for each in store.files])

    def seen_through(look: Look) -> Store:
        tables = (replace(each, file=replace(each.file, look=look)) for each in store.files)
        return replace(store, files=tuple(tables))

    return WrittenAnew(store.label, files, seen_through)


def _of_migrator(store: MigratorFolder) -> OutOfPlace:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), store.documents())

    def seen_through(look: Look) -> Store:
        return replace(store, look=look)

    return WrittenAnew(store.label, files, seen_through)
