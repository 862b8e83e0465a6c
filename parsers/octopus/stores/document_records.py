"""Records of Octopus' documents found again (`Account:Accounts-1#/Password`), and rewritten in place."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from parsers.errors import StoreError
from parsers.octopus.stores.documents import inflated
from parsers.octopus.stores.json_strings import strings_at
from parsers.octopus.stores.source import BLOB, ID, JSON
from parsers.stores.database.catalogue import Catalogue, Column, Table
from parsers.stores.database.changing.row_keys import ABSENT, NO_KEY, KeysOfTables, RowKeys
from parsers.stores.database.changing.target import (
    Cells,
    RecordLocation,
    TableProperties,
    Target,
    UnlocatedRecord,
    table_properties,
)
from parsers.stores.store_writer import BlockerKind, StoredCiphertext


class Documents:
    """A `CellCodec`: places are JSON pointers (RFC 6901), values the strings there.

    Everything else in a document's text stays as it is. The new strings are written without escapes, so
    that putting back one that had some restores the same value in another spelling; and a `JSONBlob`, once
    it is compressed again, restores the same text in other bytes.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        # The text comes first, as for readers: where it is empty, the compressed one counts.
        self._order = sorted(range(len(columns)), key=lambda index: columns[index].name.casefold() != JSON)

    def read_values(self, cells: Cells, places: Sequence[str]) -> list[StoredCiphertext | None]:
        """As `CellCodec.read_values`; None throughout where the document cannot be read any more."""
        try:
            there = strings_at(self._document(cells)[1], places)
        except StoreError:
            return [None] * len(places)
        return [_as_stored(there[place].content) if place in there else None for place in places]

    def write_values(self, cells: Cells, new: Mapping[str, StoredCiphertext]) -> Cells:
        """As `CellCodec.write_values`."""
        at, text = self._document(cells)
        there = strings_at(text, new)
        pieces: list[str] = []
        done = 0
        for place in sorted(new, key=lambda place: there[place].start):
            written = there[place]
            pieces += [text[done : written.start], _in_json(new[place])]
            done = written.end
        meant = "".join([*pieces, text[done:]])
        old = cells[at]
        as_stored = meant if isinstance(old, str) else gzip.compress(meant.encode("utf-16-le"), mtime=0)
        return (*cells[:at], as_stored, *cells[at + 1 :])

    def _document(self, cells: Cells) -> tuple[int, str]:
        """Which cell holds it, and its text."""
        for index in self._order:
            match cells[index]:
                case str(text) if text:
                    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                        raise StoreError("its text is not UTF-8")
                    return index, text
                case (bytes() | bytearray() | memoryview()) as blob if len(blob):
                    return index, inflated(bytes(blob))
        raise StoreError("there is no document")


def _as_stored(content: str | None) -> StoredCiphertext:
    return StoredCiphertext((content or "").encode("utf-8", "backslashreplace"))


def _in_json(value: StoredCiphertext) -> str:
    if value.iv is not None:
        raise StoreError("a document has no place for a vector next to a value")
    try:
        return json.dumps(value.value.decode(), ensure_ascii=False)
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StoreError("a document holds text, and the new value is none") from None


DOCUMENTS_AT_ONCE: Final = 16
"""A document may have megabytes."""

NOT_KEPT: Final = UnlocatedRecord(
    "the server keeps the document's meaning and not its text (JSONB, or MySQL's JSON)",
    BlockerKind.NOT_WRITTEN_PLAINLY,
)


class DocumentRecords:
    """A `Locator` for every table with documents."""

    def __init__(self) -> None:
        self._targets: dict[str, Target | UnlocatedRecord] | None = None
        self._keys = KeysOfTables()

    def locate(
        self, connection: sa.Connection, records: Sequence[str]
    ) -> dict[str, RecordLocation | UnlocatedRecord]:
        """As `Locator.locate`."""
        if self._targets is None:
            self._targets = dict(_by_table(connection))
        found: dict[str, RecordLocation | UnlocatedRecord] = {}
        wanted: dict[Target, list[tuple[str, str]]] = {}
        for record in records:
            table, _, rest = record.partition(":")
            target = self._targets.get(table, ABSENT)
            if isinstance(target, Target):
                wanted.setdefault(target, []).append((record, rest))
            else:
                found[record] = target
        for target, of_table in wanted.items():
            ids = {id_ for _, rest in of_table for id_, _ in _splits(rest)}
            keys = self._keys.of(connection, target, ids)
            found.update((record, _located(target, keys, rest)) for record, rest in of_table)
        return found


def _by_table(connection: sa.Connection) -> Iterator[tuple[str, Target | UnlocatedRecord]]:
    catalogue = Catalogue(connection)
    properties = table_properties(connection)
    for name in catalogue.tables:
        table = catalogue.find(name)
        if isinstance(table, Table) and (target := _target(table, properties)) is not None:
            yield name, target


def _target(table: Table, properties: TableProperties) -> Target | UnlocatedRecord | None:
    columns = tuple(column for column in table.columns if column.name.casefold() in {JSON, BLOB})
    key = next((column for column in table.columns if column.name.casefold() == ID), None)
    if not columns:
        return None
    if key is None:
        return NO_KEY
    if any(_loses_text(column.type) for column in columns):
        return NOT_KEPT
    return Target(
        table=table,
        key=key,
        columns=columns,
        codec=Documents(columns),
        kept=properties.kept(table),
        engine=properties.engines.get(table.name),
        at_once=DOCUMENTS_AT_ONCE,
    )


def _loses_text(kind: object) -> bool:
    keeps = isinstance(kind, postgresql.JSON) and not isinstance(kind, postgresql.JSONB)
    return isinstance(kind, sa.JSON) and not keeps


def _located(target: Target, keys: RowKeys, rest: str) -> RecordLocation | UnlocatedRecord:
    there = [(id_, pointer) for id_, pointer in _splits(rest) if id_ in keys]
    return keys.row(target, *there[0]) if len(there) == 1 else ABSENT


def _splits(rest: str) -> Iterator[tuple[str, str]]:
    """Every way to split id and pointer: each of them may hold `#/` itself."""
    at = rest.find("#/")
    while at >= 0:
        yield rest[:at], rest[at + 1 :]
        at = rest.find("#/", at + 1)
