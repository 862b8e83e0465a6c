"""Values inside Octopus' documents, in a column `JSON` or, compressed, in `JSONBlob`."""

import gzip
import json
from collections.abc import Mapping, Sequence

from parsers.errors import StoreError
from parsers.octopus.stores.documents import inflated
from parsers.octopus.stores.json_strings import strings_at
from parsers.octopus.stores.source import JSON
from parsers.stores.database.catalogue import Column
from parsers.stores.database.changing.target import Cells
from parsers.stores.store_writer import StoredCiphertext


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
                        raise StoreError("its text is no UTF-8")
                    return index, text
                case (bytes() | bytearray() | memoryview()) as blob if len(blob):
                    return index, inflated(bytes(blob))
        raise StoreError("there is no document")


def _as_stored(content: str | None) -> StoredCiphertext:
    return StoredCiphertext((content or "").encode("utf-8", "backslashreplace"))


def _in_json(value: StoredCiphertext) -> str:
    if value.iv is not None:
        raise StoreError("a document has no place for a vector beside a value")
    try:
        return json.dumps(value.value.decode(), ensure_ascii=False)
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StoreError("a document holds text, and the new value is none") from None
