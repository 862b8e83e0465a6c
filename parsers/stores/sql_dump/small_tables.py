"""The tables of a dump that fit into memory: names of projects, and the passkeys' history."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from parsers.stores.column_values import key_column, text_column
from parsers.stores.database.plan import ReadableTable
from parsers.stores.interface import FingerprintSeen
from parsers.stores.mapped_rows import PROJECTS
from parsers.stores.mapping import Mapping
from parsers.stores.sql_dump.rows import Columns

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")


class SmallTables:
    """Their columns.

    Attributes:
        asked: which columns of which tables, all case-folded.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.asked = _asked(mapping)
        self._history = mapping.history
        self._kept: dict[str, Columns] = {
            table: {name: [] for name in columns} for table, columns in self.asked.items()
        }

    def take(self, table: str, columns: Columns) -> None:
        """Some rows of whatever table."""
        height = max(map(len, columns.values()), default=0)
        for name, values in self._kept.get(table, {}).items():
            values.extend(columns.get(name, [None] * height))

    def projects(self, source: ReadableTable | str | None) -> pl.DataFrame:
        """Names of projects by key, in the `PROJECTS` schema."""
        if not isinstance(source, ReadableTable):
            return PROJECTS.to_frame()
        values = self._kept[source.table.name.casefold()]
        names = {role: column.name.casefold() for role, column in source.columns.items()}
        frame = pl.DataFrame(
            {
                "project_key": key_column(values[names["project_key"]]),
                "project": text_column(values[names["project"]]),
            }
        )
        return frame.unique("project_key", keep="first", maintain_order=True)

    def fingerprints(self) -> Iterator[FingerprintSeen]:
        """Each fingerprint once with its last use, the newest first."""
        values = self._kept[self._history.table.casefold()]
        used = values[self._history.last_used.casefold()]
        last: dict[str, str] = {}
        for spelling in self._history.fingerprints:
            for fingerprint, when in zip(values[spelling.casefold()], used, strict=True):
                text = str(fingerprint).strip().lower()
                if _FINGERPRINT.fullmatch(text):
                    last[text] = max(last.get(text, ""), "" if when is None else str(when))
        for fingerprint, when in sorted(last.items(), key=lambda item: item[1], reverse=True):
            yield FingerprintSeen(self._history.table, fingerprint, when)


def _asked(mapping: Mapping) -> dict[str, frozenset[str]]:
    history = mapping.history
    asked = {history.table.casefold(): {*history.fingerprints, history.last_used}}
    for table in mapping.tables:
        if table.project is not None:
            names = asked.setdefault(table.project.table.casefold(), set())
            names.update((table.project.key, table.project.name))
    return {table: frozenset(name.casefold() for name in names) for table, names in asked.items()}
