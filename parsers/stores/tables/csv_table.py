"""CSV files of stored values, as people and spreadsheets write them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from parsers.archives.interface import EntryStream
from parsers.errors import ArchiveError, StoreError
from parsers.stores.batches import BadRows, StoredRow, in_batches
from parsers.stores.interface import StoreEvent, Uncovered
from parsers.stores.store_file import RawStream, StoreFile
from parsers.stores.tables.columns import Cells, OtherColumns, checked_names, others_of, positions, stored_row
from parsers.stores.text_encoding import encoding_of

MAX_LINE: Final = 4 << 20
"""Characters of a line, and of a quoted field over several lines."""

_DELIMITERS: Final = ",;\t|"
_ANNOUNCED_DELIMITER: Final = re.compile(r"sep=([,;\t|])\s*$")
"""`sep=;`: a first line that spreadsheets understand."""
_REASONS: Final = {
    "unexpected end of data": "a quote is opened and never closed",
    "field larger than field limit": "a quote is opened, and not closed for a long way",
}
_BUFFER_BYTES: Final = 1 << 20
_LOOK_ROWS: Final = 256


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A `Store` over one CSV file with a header; comma, semicolon, tab or bar between the fields.

    UTF-8, or UTF-16 with its mark; bytes that are not text become backslash escapes. `record` is `line N`,
    the row's first line. A row that does not fit the header becomes an `Unread`; a quote that is never
    closed ends the reading there.

    Attributes:
        file: the file.
        columns: names in the file for those of `COLUMNS` that differ.
    """

    file: StoreFile
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: not a table with the required columns.
        """
        encoding = encoding_of(self.file.head())
        with self.file.open() as entry:
            raw = io.BufferedReader(RawStream(entry.stream), _BUFFER_BYTES)
            with io.TextIOWrapper(raw, encoding, errors="backslashreplace", newline="") as text:
                yield from in_batches(_Rows(text, self.columns).items(entry), entry)


class _Rows:
    """The rows below a header."""

    def __init__(self, text: io.TextIOWrapper, columns: Mapping[str, str]) -> None:
        self._text = text
        self._columns = columns
        self._lines = 0
        self._nul = False

    def items(self, entry: EntryStream) -> Iterator[StoredRow | StoreEvent]:
        """The rows, and reports of those that cannot be used."""
        # The csv module has one limit for the process: raise it, but never lower it under another reader.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
        lines = self._read_lines()
        header, delimiter = self._header(lines)
        found = positions(header, self._columns)
        pick = itemgetter(*[len(header) if at is None else at for at in found])
        others = _UnusedColumns(header, found)
        bad = BadRows(entry)
        fault: StoreError | ArchiveError | None = None
        try:
            for line, row in self._records(csv.reader(lines, delimiter=delimiter, strict=True)):
                others.add(row)
                try:
                    yield stored_row(Cells._make(pick(self._fit(row, len(header)))), record=f"line {line}")
                except StoreError as error:
                    yield from bad.report(f"line {line}", error.message)
        except (StoreError, ArchiveError) as error:
            fault = error
        yield from bad.rest()
        yield from others.uncovered(entry.path)
        if fault is not None:
            raise fault

    def _header(self, lines: Iterator[str]) -> tuple[list[str], str]:
        first = next(lines, "")
        announced = _ANNOUNCED_DELIMITER.match(first)
        if announced:
            first = next(lines, "")
        if not first.strip():
            raise StoreError("the file is empty, or its first line is")
        if self._nul:
            raise StoreError("the header holds a NUL", hint="UTF-16 without a mark? Save the file as UTF-8")
        delimiter = announced[1] if announced else _delimiter(first, checked_names(self._columns).values())
        return _cells(first, delimiter), delimiter

    def _read_lines(self) -> Iterator[str]:
        while line := self._text.readline(MAX_LINE):
            self._lines += 1
            if len(line) == MAX_LINE:
                raise StoreError(f"line {self._lines}: more than {MAX_LINE} characters")
            if "\0" in line:
                self._nul = True
            yield line

    def _records(self, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._lines + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                reason = _REASONS.get(str(error).split(" (")[0], str(error))
                raise StoreError(f"line {line}: {reason}; what follows was not read") from error
            if any(row):
                yield line, row

    def _fit(self, row: list[str], width: int) -> list[str]:
        """The row with as many cells as the header, and an empty one for the missing columns."""
        nul, self._nul = self._nul, False
        if nul:
            raise StoreError("a NUL, which does not occur in text")
        if len(row) < width or any(row[width:]):
            raise StoreError(f"{len(row)} cells where the header has {width}")
        row[width:] = [""]
        return row


class _UnusedColumns:
    """The cells of columns without a role, some rows at a time."""

    def __init__(self, header: Sequence[str], found: Sequence[int | None]) -> None:
        self._columns = OtherColumns()
        self._names = {at: header[at].strip() for at in others_of(header, found)}
        self._rows: list[list[str]] = []

    def add(self, row: list[str]) -> None:
        if self._names:
            self._rows.append(row)
            if len(self._rows) == _LOOK_ROWS:
                self._look()

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        self._look()
        yield from self._columns.uncovered(store)

    def _look(self) -> None:
        for at, name in self._names.items():
            self._columns.add_all(name, [row[at] for row in self._rows if len(row) > at])
        self._rows.clear()


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:
        raise StoreError(f"line 1: {error}") from error


def _delimiter(header: str, names: Iterable[str]) -> str:
    """The delimiter with which the header has the most of these columns."""
    wanted = {name.strip().casefold() for name in names}

    def found(delimiter: str) -> int:
        return len(wanted & {cell.strip().casefold() for cell in _cells(header, delimiter)})

    return max(_DELIMITERS, key=found)
