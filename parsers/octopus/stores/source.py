"""Where Octopus' documents come from, and how every such place becomes a stream of store events."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from parsers.errors import ArchiveError, StoreError
from parsers.octopus.stores.documents import Document, inflated
from parsers.octopus.stores.names import Names
from parsers.octopus.stores.rows import DocumentRows, Origin, clean
from parsers.stores.batches import StoredRow, in_batches
from parsers.stores.interface import DocumentsRead, StoreEvent
from parsers.stores.strict_json import json_object
from parsers.unread import Unread

ID: Final = "id"
JSON: Final = "json"
BLOB: Final = "jsonblob"

WANTED_COLUMNS: Final = frozenset(
    {
        ID,
        JSON,
        BLOB,
        "name",
        "ownerid",
        "projectid",
        "tenantid",
        "environmentid",
        "variabletemplateid",
        "spaceid",
        "isfrozen",
        "lastmodifiedon",
    }
)
"""Columns of Octopus' tables that matter here, without capitals."""

BLOB_TABLE: Final = "BlobDocument"
BLOB_REASON: Final = "its encrypted bytes have no public encoding: nothing of them can be tested"


class Row(NamedTuple):
    """A row of one of Octopus' tables as it lies there.

    Attributes:
        table: the table's name.
        cells: values by column name without capitals; JSON as text, JSONBlob as bytes, others as text.
    """

    table: str
    cells: Mapping[str, str | bytes | None]

    def __repr__(self) -> str:
        """Where it is from, and nothing of what it holds."""
        return f"Row({self.table!r})"


class DocumentSource(Protocol):
    """A place that holds documents, and can be read twice."""

    @property
    def label(self) -> str:
        """The store's name in reports."""
        ...

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """Rows, and what is reported with them; `naming` asks for those of `NAMING_TABLES` at least.

        Raises:
            StoreError, ArchiveError: reading cannot go on.
        """
        ...


def read_documents(source: DocumentSource) -> Iterator[StoreEvent]:
    """Everything that a source holds: names first, then values, in batches.

    Raises:
        StoreError: it cannot be read at all.
    """
    names = Names()
    with suppress(StoreError, ArchiveError):  # what is wrong is reported when the values are read
        for item in source.items(naming=True):
            if isinstance(item, Row):
                with suppress(StoreError):
                    names.learn(as_document(item))
    yield from in_batches(_values(source, names), Origin(source.label))


def _values(source: DocumentSource, names: Names) -> Iterator[StoredRow | StoreEvent]:
    rows = DocumentRows(source.label, names)
    count = 0
    fault: StoreError | ArchiveError | None = None
    try:
        for item in source.items(naming=False):
            if isinstance(item, Row):
                count += 1
                yield from _of_row(item, rows, source.label)
            else:
                yield item
    except (StoreError, ArchiveError) as error:
        fault = error
    yield from rows.uncovered()
    if fault is not None:
        raise fault
    yield DocumentsRead(source.label, count)


def _of_row(row: Row, rows: DocumentRows, store: str) -> Iterator[StoredRow | StoreEvent]:
    """A document that cannot be read does not keep the others from it."""
    try:
        yield from rows.of(as_document(row))
    except StoreError as error:
        reason = f"{row.table} {_id_of(row)!r}: {error.message}"
        yield Unread(store, clean(row.table), clean(reason), partial=True)


def as_document(row: Row) -> Document:
    """The document that a row holds.

    Raises:
        StoreError: its JSON cannot be read.
    """
    text, blob = row.cells.get(JSON), row.cells.get(BLOB)
    if not text and isinstance(blob, bytes) and blob:
        text = inflated(blob)
    members = json_object(text) if isinstance(text, str) and text.strip() else {}
    columns = {
        name: cell for name, cell in row.cells.items() if isinstance(cell, str) and name not in {ID, JSON}
    }
    return Document(row.table, _id_of(row) or _text(members.get("Id")), members, columns)


def _id_of(row: Row) -> str:
    return _text(row.cells.get(ID))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
