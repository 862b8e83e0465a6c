"""The search of a dump for ciphertext in columns that no mapping names."""

from collections.abc import Collection, Iterator
from typing import Final

from parsers.stores.ciphertext_form import BLOCK_BYTES, SHORTEST
from parsers.stores.interface import Uncovered
from parsers.stores.sql_dump.definitions import Definitions
from parsers.stores.sql_dump.rows import Rows
from parsers.stores.sql_dump.table import DumpedColumn
from parsers.stores.unmapped import ColumnSearch, has_long_run, in_words, may_hold_ciphertext

_NOTHING: Final = frozenset[str]()


class Search:
    """Looks at every column of every table, not among `mapped` (table, column; case-folded).

    As in a database, keys are no candidates. Every row is looked at, but only literals that are long enough
    are read: most columns of most tables hold none.
    """

    def __init__(self, definitions: Definitions, mapped: Collection[tuple[str, str]]) -> None:
        self._definitions = definitions
        self._mapped = mapped
        self._columns: dict[str, dict[str, ColumnSearch]] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def asked(self, table: str) -> frozenset[str]:
        """The columns that are looked at, case-folded as the table is."""
        if table not in self._asked:
            defined = self._definitions.tables.get(table)
            if defined is None:
                return _NOTHING
            found = {
                column.name.casefold(): ColumnSearch(column.name)
                for column in defined.columns
                if may_hold_ciphertext(column.name, defined.keys) and not _is_short(column)
            }
            self._columns[table] = {
                name: search for name, search in found.items() if (table, name) not in self._mapped
            }
            self._asked[table] = frozenset(self._columns[table])
        return self._asked[table]

    def take(self, rows: Rows) -> None:
        """Some rows of whatever table."""
        searches = self._columns.get(rows.table, {})
        if wanted := [name for name, tokens in rows.tokens(searches).items() if has_long_run(tokens)]:
            # An expression in one of these columns does not matter.
            columns, _ = rows.values(wanted)
            for name, values in columns.items():
                searches[name].take(values)

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """What was found; keys that the dump told behind their rows are left out."""
        for table, columns in sorted(self._columns.items()):
            defined = self._definitions.tables[table]
            for column in defined.columns:
                found = columns.get(column.name.casefold())
                if found is None or not may_hold_ciphertext(column.name, defined.keys):
                    continue
                if forms := found.forms():
                    place = f"{defined.name}.{column.name}"
                    yield Uncovered(store, place, forms.total(), in_words(forms))


def _is_short(column: DumpedColumn) -> bool:
    """Whether no ciphertext fits into it, going by its type."""
    return column.room is not None and column.room < (BLOCK_BYTES if column.form.binary else SHORTEST)
