"""Values that fill a column of their own, perhaps with an initialization vector in another."""

from collections.abc import Mapping, Sequence
from typing import Final

from parsers.errors import StoreError
from parsers.stores.database.catalogue import Column, python_type
from parsers.stores.database.changing.target import Cells
from parsers.stores.store_writer import Sealed

WHOLE: Final = ""
"""The one place in such a row."""


class SealedColumns:
    """A `Form`: the value's column, then the vector's if there is one."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns

    def sealed(self, cells: Cells, places: Sequence[str]) -> list[Sealed | None]:
        """As `Form.sealed`: the value, "" where there is none."""
        beside = stored_bytes(cells[1]) if len(cells) > 1 else b""
        value = Sealed(stored_bytes(cells[0]), beside or None)
        return [value] * len(places)

    def changed(self, cells: Cells, new: Mapping[str, Sealed]) -> Cells:
        """As `Form.changed`; what stays equal stays the very same."""
        wanted = (new[WHOLE].value, new[WHOLE].iv or b"")
        if len(cells) == 1 and wanted[1]:
            raise StoreError(f"column {self._columns[0].name!r} has no other for a vector beside it")
        return tuple(
            old if stored_bytes(old) == content else _as_stored(content, old, column)
            for old, content, column in zip(cells, wanted, self._columns, strict=False)
        )


def stored_bytes(cell: object) -> bytes:
    """What a driver hands out as the bytes that the reader of stores makes of it; b"" for null."""
    match cell:
        case None:
            return b""
        case bytes() | bytearray() | memoryview():
            return bytes(cell)
        case _:
            return str(cell).encode("utf-8", "surrogateescape")


def _as_stored(content: bytes, old: object, column: Column) -> str | bytes | None:
    """Text where text stood, bytes where bytes did; where nothing did, as the column's type has it."""
    if not content:
        return None
    binary = isinstance(old, bytes | bytearray | memoryview)
    if binary or (old is None and python_type(column.type) is bytes):
        return content
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StoreError(f"column {column.name!r} holds text, and the new value is none") from None
