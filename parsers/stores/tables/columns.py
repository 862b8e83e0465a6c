"""The columns of a table file: their roles, what a row says, and the search of those without a role."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from parsers.errors import StoreError
from parsers.products import DEFAULT_PRODUCT, table_kinds
from parsers.stores.batches import StoredRow
from parsers.stores.interface import Uncovered
from parsers.stores.unmapped import PlaceSearch, in_words, may_hold_ciphertext

REQUIRED: Final = ("name", "value")


class Cells(NamedTuple):
    """A row's cells, one for each of `COLUMNS`; "" if empty."""

    kind: str
    project: str
    name: str
    user_name: str
    value: str | bytes
    location: str
    iv: str | bytes
    credential_type: str
    modified: str

    def __repr__(self) -> str:
        """The name, without ciphertext."""
        return f"Cells({self.name!r})"


COLUMNS: Final = Cells._fields
"""Default names. Only `name` and `value` are required; without `kind` every row is of the usual one."""

_USUAL_KIND: Final = DEFAULT_PRODUCT.table_kinds[0].name


def checked_names(columns: Mapping[str, str]) -> dict[str, str]:
    """Every column's name in the file: the one in `columns`, else the default.

    Raises:
        StoreError: `columns` has a key that is not in `COLUMNS`.
    """
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise StoreError(f"no such column: {unknown[0]!r}", hint=f"known columns: {', '.join(COLUMNS)}")
    return {column: columns.get(column, column) for column in COLUMNS}


def positions(header: Sequence[str], columns: Mapping[str, str]) -> list[int | None]:
    """The position of each of `COLUMNS` in `header`, in that order; None if it is not there.

    Case and outer spaces are ignored.

    Raises:
        StoreError: a column that is required, or that `columns` names, is missing or occurs twice.
    """
    names = checked_names(columns)
    there = [name.strip().casefold() for name in header]
    found: list[int | None] = []
    for column, name in names.items():
        count = there.count(name.strip().casefold())
        needed = column in columns or column in REQUIRED
        if count > 1 or (needed and not count):
            # The header is not quoted: in a file without one it is the first row, with its secret.
            fault = "no column" if not count else "more than one column"
            raise StoreError(
                f"{fault} named {name!r} among the {len(header)} of the header",
                hint="is there a header? If so, name the columns in a mapping",
            )
        found.append(there.index(name.strip().casefold()) if count else None)
    return found


def stored_row(cells: Cells, *, record: str) -> StoredRow:
    """The stored value of a row.

    Raises:
        StoreError: no product has such a kind.
    """
    kinds = table_kinds()
    kind = kinds.get(cells.kind or _USUAL_KIND)
    if kind is None:
        # The kind is not quoted either: in a row whose cells are shifted it may be the secret.
        raise StoreError(f"its kind is none of {', '.join(sorted(kinds))}")
    return StoredRow(
        system=kind.system,
        kind=kind.name,
        project=cells.project,
        name=cells.name,
        user_name=cells.user_name,
        location=cells.location or kind.location(cells.project, cells.name),
        credential_type=cells.credential_type,
        modified=cells.modified,
        value=_stored(cells.value),
        iv=_stored(cells.iv),
        record=record,
    )


def _stored(cell: str | bytes) -> bytes | None:
    return (cell.encode() if isinstance(cell, str) else cell) or None


_ROWS: Final = 1_024
"""Cells of a column that are searched together."""
_MAX_DEPTH: Final = 64
"""Nesting of objects: anything deeper was made to exhaust the stack."""


def others_of(header: Sequence[str], used: Iterable[int | None]) -> list[int]:
    """The positions of the columns that are neither used nor keys."""
    taken = set(used)
    return [at for at, name in enumerate(header) if at not in taken and may_hold_ciphertext(name.strip(), ())]


class OtherColumns:
    """Collects the cells of these columns, of any type, and searches them for ciphertext."""

    def __init__(self) -> None:
        self._places = PlaceSearch()
        self._cells_by_column: dict[str, list[object]] = {}
        self._cells = 0

    def add(self, column: str, cell: object, *, depth: int = 0) -> None:
        """Add one cell; of objects and arrays every string, at `column.member`."""
        match cell:
            case "" | None | bool() | int() | float():
                return
            case Mapping() | list() | tuple() if depth == _MAX_DEPTH:
                return
            case Mapping():
                for name, value in cell.items():
                    self.add(f"{column}.{name}", value, depth=depth + 1)
            case list() | tuple():
                for value in cell:
                    self.add(f"{column}[]", value, depth=depth + 1)
            case _:
                self._cells_by_column.setdefault(column, []).append(cell)
                self._cells += 1
                if self._cells >= _ROWS * max(len(self._cells_by_column), 1):
                    self._look()

    def add_all(self, column: str, cells: Sequence[object]) -> None:
        """Add many cells of one column."""
        self._places.add(column, column, cells)

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """The ciphertext found so far."""
        self._look()
        for place, forms in self._places.found():
            yield Uncovered(store, place, forms.total(), in_words(forms))

    def _look(self) -> None:
        for column, cells in self._cells_by_column.items():
            self._places.add(column, column.rpartition(".")[2], cells)
        self._cells_by_column.clear()
        self._cells = 0
