"""The search of a dump for ciphertext in columns that no mapping names."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from parsers.stores.interface import Uncovered
from parsers.stores.sql_dump.definitions import Definitions
from parsers.stores.sql_dump.literal import Value
from parsers.stores.sql_dump.rows import Columns
from parsers.stores.unmapped import (
    SAMPLE_ROWS,
    TABLE_PREFIX,
    forms_of_ciphertext,
    in_words,
    may_hold_ciphertext,
)

MAX_ROWS: Final = 20 * SAMPLE_ROWS
"""Rows that are looked at for a sample of values that are there."""


class _Column:
    """One column: its sample, and then the count of what looks like ciphertext, if the sample does."""

    def __init__(self) -> None:
        self.forms: Counter[str] = Counter()
        self._sample: list[Value] = []
        self._rows = 0
        self._sampled = False

    @property
    def over(self) -> bool:
        """Whether nothing more need be seen of it."""
        return self._sampled and not self.forms

    def take(self, values: list[Value]) -> None:
        if self._sampled:
            self.forms += forms_of_ciphertext(values)
            return
        self._sample += [value for value in values if value]
        self._rows += len(values)
        if len(self._sample) >= SAMPLE_ROWS or self._rows >= MAX_ROWS:
            self.decide()

    def decide(self) -> None:
        """The sample is as large as it will be."""
        if not self._sampled:
            self._sampled = True
            self.forms = forms_of_ciphertext(self._sample)
            self._sample.clear()


class Search:
    """Looks at every column of the product's tables, not among `mapped` (table, column; case-folded).

    As in a database, keys and digests are no candidates, and a column without ciphertext among its first
    values is not read on.
    """

    def __init__(self, definitions: Definitions, mapped: Collection[tuple[str, str]]) -> None:
        self._definitions = definitions
        self._mapped = mapped
        self._columns: dict[str, dict[str, _Column]] = {}

    def asked(self, table: str) -> frozenset[str]:
        """The columns that are still looked at, case-folded as the table is."""
        if not table.startswith(TABLE_PREFIX):
            return frozenset()
        if table not in self._columns:
            defined = self._definitions.tables.get(table)
            if defined is None:
                return frozenset()
            names = [
                column.name.casefold()
                for column in defined.columns
                if may_hold_ciphertext(column.name, defined.keys)
            ]
            self._columns[table] = {name: _Column() for name in names if (table, name) not in self._mapped}
        return frozenset(name for name, column in self._columns[table].items() if not column.over)

    def take(self, table: str, columns: Columns) -> bool:
        """Some rows of whatever table; True if fewer of its columns are asked for than before."""
        fewer = False
        for name, column in self._columns.get(table, {}).items():
            if name in columns and not column.over:
                column.take(columns[name])
                fewer = fewer or column.over
        return fewer

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """What was found; keys that the dump told behind their rows are left out."""
        for table, columns in sorted(self._columns.items()):
            defined = self._definitions.tables[table]
            for column in defined.columns:
                found = columns.get(column.name.casefold())
                if found is None or not may_hold_ciphertext(column.name, defined.keys):
                    continue
                found.decide()
                if found.forms:
                    place = f"{defined.name}.{column.name}"
                    yield Uncovered(store, place, found.forms.total(), in_words(found.forms))
