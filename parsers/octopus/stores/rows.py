"""Octopus' documents → rows of the `STORED` frame, and what is said beside them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from parsers.octopus import ID
from parsers.octopus.stores.documents import (
    Document,
    Held,
    NoText,
    Within,
    held_in,
    kind_of_place,
    location,
    record,
)
from parsers.octopus.stores.names import Names
from parsers.octopus.stores.words import name_in_words, project_in_words, user_name
from parsers.stores.batches import StoredRow
from parsers.stores.interface import StoreEvent, Uncovered
from parsers.unread import Unread

KIND: Final = "document"
MOST_PLACES: Final = 1_000
"""Types of places that are counted apart: member names may be anything."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A store that is no stream of one file."""

    path: str
    member: str = ""


class DocumentRows:
    """Turns documents into rows, and counts what stands where nothing is known to."""

    def __init__(self, store: str, names: Names) -> None:
        self._store = store
        self._names = names
        self._uncovered: Counter[str] = Counter()

    def of(self, document: Document) -> Iterator[StoredRow | StoreEvent]:
        """The stored values of one document.

        Raises:
            StoreError: it is nested too deeply.
        """
        for found in held_in(document):
            match found:
                case Held():
                    if not found.known:
                        self._count(kind_of_place(document, found.path))
                    yield self._row(document, found)
                case Within():
                    self._count(f"{kind_of_place(document, found.path)} (in its text)", found.count)
                case NoText():
                    reason = f"{location(document, found.path)}: {found.what}"
                    yield Unread(self._store, document.table, clean(reason), partial=True)
                case _:
                    assert_never(found)

    def uncovered(self) -> Iterator[Uncovered]:
        """Types of places that the table of known ones does not have, once all documents were seen."""
        for place, count in sorted(self._uncovered.items()):
            yield Uncovered(self._store, clean(place), count)

    def _count(self, place: str, count: int = 1) -> None:
        full = place not in self._uncovered and len(self._uncovered) >= MOST_PLACES
        self._uncovered["other places" if full else place] += count

    def _row(self, document: Document, held: Held) -> StoredRow:
        return StoredRow(
            system=ID,
            kind=KIND,
            project=clean(project_in_words(document, self._names)),
            name=clean(name_in_words(document, held, self._names)),
            user_name=clean(user_name(held)),
            location=clean(location(document, held.path)),
            credential_type="",
            modified=clean(document.said("LastModifiedOn")),
            value=held.value.encode("utf-8", "backslashreplace") if held.value else None,
            iv=None,
            record=clean(record(document, held.path)),
        )


def clean(text: str) -> str:
    """The text, half characters (an escape in JSON can leave them) shown as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
