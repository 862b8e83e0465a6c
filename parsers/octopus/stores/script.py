"""Octopus Deploy's tables as a script of INSERT statements, as SQL Server's tools write it."""

from collections.abc import Iterator
from dataclasses import dataclass

from parsers.octopus.stores.names import NAMING_TABLES
from parsers.octopus.stores.source import (
    BLOB,
    BLOB_REASON,
    BLOB_TABLE,
    JSON,
    WANTED_COLUMNS,
    Row,
    read_documents,
)
from parsers.octopus.stores.sql_server_script import InsertedRow, SqlServerScript
from parsers.stores.interface import NotAudited, StoreEvent
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile, chunks
from parsers.stores.text_encoding import encoding_of, utf8_pieces
from parsers.unread import Unread

_NAMING = frozenset(table.casefold() for table in NAMING_TABLES)


@dataclass(frozen=True, slots=True)
class OctopusScript:
    """A `Store` over one script, read twice: for names, then for values. UTF-8, or UTF-16 with its mark."""

    file: StoreFile

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: unreadable from the start.
        """
        return read_documents(self)

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """As `DocumentSource.items`."""
        head = self.file.head()
        told = False
        with self.file.open() as leaf:
            script = SqlServerScript(SqlWindow(utf8_pieces(chunks(leaf.stream), encoding_of(head))))
            for item in script.read():
                if not isinstance(item, InsertedRow):
                    reason = f"byte {item.offset}: {item.reason}"
                    yield Unread(leaf.path, leaf.member, reason, item.offset, partial=True)
                elif item.table.casefold() == BLOB_TABLE.casefold():
                    if not told:
                        yield NotAudited(self.label, item.table, BLOB_REASON)
                    told = True
                elif _is_wanted(item, naming=naming):
                    cells = {name: cell for name, cell in item.cells.items() if name in WANTED_COLUMNS}
                    yield Row(item.table, cells)


def _is_wanted(row: InsertedRow, *, naming: bool) -> bool:
    if naming and row.table.casefold() not in _NAMING:
        return False
    return JSON in row.cells or BLOB in row.cells
