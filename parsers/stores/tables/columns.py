"""Which column of a table file holds what, and what a row of them says."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from parsers.errors import StoreError
from parsers.products import DEFAULT_PRODUCT, table_kinds
from parsers.stores.batches import StoredRow

REQUIRED: Final = ("name", "value")


class Cells(NamedTuple):
    """A row's cells, one for each of `COLUMNS`; "" where there is nothing."""

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
        """The name, and no ciphertext."""
        return f"Cells({self.name!r})"


COLUMNS: Final = Cells._fields
"""Default names. Only `name` and `value` must be there: without `kind` every row is of the usual one."""

_USUAL_KIND: Final = DEFAULT_PRODUCT.table_kinds[0].name


def checked_names(columns: Mapping[str, str]) -> dict[str, str]:
    """Every column's name in the file: as `columns` says, else the default.

    Raises:
        StoreError: `columns` names something that is not in `COLUMNS`.
    """
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise StoreError(f"no such column: {unknown[0]!r}", hint=f"known columns: {', '.join(COLUMNS)}")
    return {column: columns.get(column, column) for column in COLUMNS}


def positions(header: Sequence[str], columns: Mapping[str, str]) -> list[int | None]:
    """Where each of `COLUMNS` stands in `header`, in that order; None where it does not.

    Case and outer spaces do not matter.

    Raises:
        StoreError: a column that is required, or that `columns` names, is absent or there twice.
    """
    names = checked_names(columns)
    there = [name.strip().casefold() for name in header]
    found: list[int | None] = []
    for column, name in names.items():
        count = there.count(name.strip().casefold())
        needed = column in columns or column in REQUIRED
        if count > 1 or (needed and not count):
            # What stands there is not told: without a header it is the first row, with its secret.
            fault = "no column" if not count else "more than one column"
            raise StoreError(
                f"{fault} named {name!r} among the {len(header)} of the header",
                hint="is there a header? Else name the columns in a mapping",
            )
        found.append(there.index(name.strip().casefold()) if count else None)
    return found


def stored_row(cells: Cells, *, record: str) -> StoredRow:
    """What a row says.

    Raises:
        StoreError: a kind that no product has.
    """
    kinds = table_kinds()
    kind = kinds.get(cells.kind or _USUAL_KIND)
    if kind is None:
        # Nor is this told: in a row whose cells are shifted it may be the secret.
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
