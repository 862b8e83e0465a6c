"""Columns of a table file that have no role: they are searched for ciphertext."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from parsers.stores.interface import Uncovered
from parsers.stores.unmapped import PlaceSearch, in_words, may_hold_ciphertext

_ROWS: Final = 1_024
"""Cells that are looked at together, of each column."""
_MAX_DEPTH: Final = 64
"""Objects in objects: what lies deeper was made to be a trap."""


def others_of(header: Sequence[str], used: Iterable[int | None]) -> list[int]:
    """Positions of the columns that are neither used nor keys."""
    taken = set(used)
    return [at for at, name in enumerate(header) if at not in taken and may_hold_ciphertext(name.strip(), ())]


class OtherColumns:
    """Gathers what stands there, whatever its type, and tells in the end what looks like ciphertext."""

    def __init__(self) -> None:
        self._places = PlaceSearch()
        self._gathered: dict[str, list[object]] = {}
        self._cells = 0

    def take(self, column: str, cell: object, *, depth: int = 0) -> None:
        """One cell; of objects and arrays every string in them, at `column.member`."""
        match cell:
            case "" | None | bool() | int() | float():
                return
            case Mapping() | list() | tuple() if depth == _MAX_DEPTH:
                return
            case Mapping():
                for name, value in cell.items():
                    self.take(f"{column}.{name}", value, depth=depth + 1)
            case list() | tuple():
                for value in cell:
                    self.take(f"{column}[]", value, depth=depth + 1)
            case _:
                self._gathered.setdefault(column, []).append(cell)
                self._cells += 1
                if self._cells >= _ROWS * max(len(self._gathered), 1):
                    self._look()

    def take_all(self, column: str, cells: Sequence[object]) -> None:
        """Many cells of one column."""
        self._places.take(column, column, cells)

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """What was found so far."""
        self._look()
        for place, forms in self._places.found():
            yield Uncovered(store, place, forms.total(), in_words(forms))

    def _look(self) -> None:
        for column, cells in self._gathered.items():
            self._places.take(column, column.rpartition(".")[2], cells)
        self._gathered.clear()
        self._cells = 0
