"""JSON Lines files of stored values: one object a line."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from parsers.archives.interface import EntryStream
from parsers.errors import ArchiveError, StoreError
from parsers.stores.batches import BadRows, StoredRow, in_batches
from parsers.stores.interface import StoreEvent
from parsers.stores.store_file import RawStream, StoreFile
from parsers.stores.strict_json import json_object
from parsers.stores.tables.columns import REQUIRED, Cells, OtherColumns, checked_names, stored_row
from parsers.stores.unmapped import may_hold_ciphertext

MAX_LINE: Final = 4 << 20
"""Bytes of a line."""

_BUFFER_BYTES: Final = 1 << 20
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class JsonLinesTable:
    """A `Store` over one JSON Lines file; members that are not columns are only searched for ciphertext.

    Strict as RFC 8259, without duplicate names, since parsers differ on which of two counts. `record` is
    `line N`. A line that cannot be used becomes an `Unread`.

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
            StoreError: unreadable from the start.
        """
        with self.file.open() as entry, io.BufferedReader(RawStream(entry.stream), _BUFFER_BYTES) as lines:
            yield from in_batches(_items(lines, entry, checked_names(self.columns)), entry)


def _items(lines: BinaryIO, entry: EntryStream, names: Mapping[str, str]) -> Iterator[StoredRow | StoreEvent]:
    bad, others = BadRows(entry), OtherColumns()
    fault: StoreError | ArchiveError | None = None
    try:
        yield from _rows(lines, names, bad, others)
    except (StoreError, ArchiveError) as error:
        fault = error
    yield from bad.rest()
    yield from others.uncovered(entry.path)
    if fault is not None:
        raise fault


def _rows(
    lines: BinaryIO, names: Mapping[str, str], bad: BadRows, others: OtherColumns
) -> Iterator[StoredRow | StoreEvent]:
    used = frozenset(names.values())
    number = 0
    while line := lines.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise StoreError(f"line {number}: more than {MAX_LINE} bytes; what follows was not read")
        if number == 1:
            line = line.removeprefix(_MARK)
        if line.isspace():
            continue
        try:
            members = _members(line)
            for name, value in members.items():
                if name not in used and may_hold_ciphertext(name, ()):
                    others.add(name, value)
            yield _row(members, names, number)
        except StoreError as error:
            yield from bad.report(f"line {number}", error.message)


def _members(line: bytes) -> dict[str, object]:
    try:
        return json_object(line.decode())
    except UnicodeDecodeError as error:
        raise StoreError(f"not UTF-8 at byte {error.start + 1}") from error


def _row(members: Mapping[str, object], names: Mapping[str, str], number: int) -> StoredRow:
    cells: list[str] = []
    for column, name in names.items():
        if column in REQUIRED and name not in members:
            raise StoreError(f"no member named {name!r}")
        cell = members.get(name)
        if not isinstance(cell, str | None):
            raise StoreError(f"member {name!r} is neither a string nor null")
        cells.append(_whole(cell or "", name))
    return stored_row(Cells(*cells), record=f"line {number}")


def _whole(text: str, name: str) -> str:
    """The text, which must not contain half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Without its cause, which contains the text.
        raise StoreError(f"member {name!r} holds half a character") from None
    return text
