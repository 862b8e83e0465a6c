"""Octopus Deploy's tables as files, one a table or all in one: CSV, JSON, Parquet, or what bcp writes."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from parsers.archives.interface import EntryStream
from parsers.errors import ArchiveError, StoreError
from parsers.octopus.stores.source import BLOB, ID, JSON, WANTED_COLUMNS, Row, read_documents
from parsers.octopus.stores.table_rows import (
    BARE_ROW,
    TABLE,
    Cells,
    bare_rows,
    csv_rows,
    delimiter_of,
    json_rows,
    parquet_rows,
)
from parsers.octopus.stores.tables import table_of_file, table_of_id
from parsers.stores.batches import BadRows
from parsers.stores.interface import StoreEvent
from parsers.stores.store_file import RawStream, StoreFile
from parsers.stores.text_encoding import encoding_of
from parsers.unread import Unread

_PARQUET_MAGIC: Final = b"PAR1"


class TableFileFormat(Enum):
    """How such a file is written."""

    CSV = "CSV"
    JSON = "JSON"
    BARE = "Id and JSON without titles"
    PARQUET = "Parquet"


def form_of(file: StoreFile, head: bytes) -> TableFileFormat | None:
    """The form in which a file holds documents; None if it is not such a file.

    Args:
        file: where it lies: the columns of Parquet are listed at its end.
        head: its first bytes, decompressed.
    """
    if head.startswith(_PARQUET_MAGIC):
        return TableFileFormat.PARQUET if _has_columns(_parquet_columns(_parquet_source(file))) else None
    text = head.decode(encoding_of(head), "replace").lstrip()
    first = text.partition("\n")[0]
    if BARE_ROW.match(first):
        return TableFileFormat.BARE
    if text.startswith(("{", "[")):
        return TableFileFormat.JSON if all(member.search(text) for member in _JSON_MEMBERS) else None
    try:
        titles = next(csv.reader([first], delimiter=delimiter_of(first)), [])
    except csv.Error:
        return None
    return TableFileFormat.CSV if _has_columns(titles) else None


_READERS: Final[Mapping[TableFileFormat, Callable[[io.TextIOWrapper], Iterator[Cells | str]]]] = {
    TableFileFormat.CSV: csv_rows,
    TableFileFormat.JSON: json_rows,
    TableFileFormat.BARE: bare_rows,
}
_JSON_MEMBERS: Final = (re.compile(r'(?i)"Id"\s*:'), re.compile(r'(?i)"JSON(?:Blob)?"\s*:'))


@dataclass(frozen=True, slots=True)
class OctopusTableFile:
    """A `Store` over one file with `Id` and `JSON` (or `JSONBlob`) in each row.

    A column `Table` says which table a row is of; else the file's name does; else the document's id.
    """

    file: StoreFile
    form: TableFileFormat

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
        del naming  # a file is read from its beginning, whatever is wanted of it
        if self.form is TableFileFormat.PARQUET:
            for cells in parquet_rows(_parquet_source(self.file)):
                yield _row(cells, table_of_file(self.file.reference))
            return
        encoding = encoding_of(self.file.head())
        with self.file.open() as leaf:
            raw = io.BufferedReader(RawStream(leaf.stream), 1 << 20)
            with io.TextIOWrapper(raw, encoding, errors="backslashreplace", newline="") as text:
                yield from self._text_rows(text, leaf)

    def _text_rows(self, text: io.TextIOWrapper, leaf: EntryStream) -> Iterator[Row | Unread]:
        bad = BadRows(leaf)
        name = table_of_file(self.file.reference)
        for number, cells in enumerate(_READERS[self.form](text), 1):
            if isinstance(cells, str):
                yield from bad.report(f"row {number}", cells)
            else:
                yield _row(cells, name)
        yield from bad.rest()


@dataclass(frozen=True, slots=True)
class OctopusTableFolder:
    """A `Store` over a folder with one such file for each table, so that owners have names."""

    reference: str
    files: tuple[OctopusTableFile, ...]
    others: tuple[str, ...]

    @property
    def label(self) -> str:
        """The path as given."""
        return self.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`."""
        return read_documents(self)

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """As `DocumentSource.items`; a file that cannot be read does not keep the others from it."""
        for file in self.files:
            try:
                yield from file.items(naming=naming)
            except (StoreError, ArchiveError) as error:
                yield Unread(self.reference, Path(file.label).name, error.message)
        for name in self.others:
            yield Unread(self.reference, name, "no file with documents in it: not read")


def table_folder(folder: Path) -> OctopusTableFolder | None:
    """The store that a folder of such files is; None if none of them is one."""
    files, others = [], []
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        file = StoreFile(str(path))
        form = form_of(file, file.head())
        if form is None:
            others.append(path.name)
        else:
            files.append(OctopusTableFile(file, form))
    return OctopusTableFolder(str(folder), tuple(files), tuple(others)) if files else None


def _row(cells: Cells, of_file: str) -> Row:
    table, id_ = cells.get(TABLE), cells.get(ID)
    named = table if isinstance(table, str) and table else of_file
    named = named or table_of_id(id_ if isinstance(id_, str) else "")
    return Row(named, {name: cell for name, cell in cells.items() if name in WANTED_COLUMNS})


def _has_columns(titles: Iterable[str]) -> bool:
    there = {title.strip().casefold() for title in titles}
    return ID in there and bool({JSON, BLOB} & there)


def _parquet_source(file: StoreFile) -> Path | bytes:
    """The end of a Parquet file is read first: a stream will not do."""
    return Path(file.reference) if file.is_plain(_PARQUET_MAGIC) else file.whole()


def _parquet_columns(source: Path | bytes) -> Sequence[str]:
    try:
        return pl.scan_parquet(source, glob=False).collect_schema().names()
    except (PolarsError, OSError, PanicException):
        return ()  # whoever reads it says what is wrong
