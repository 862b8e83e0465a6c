"""Rules that people write in a spreadsheet: a CSV file with named columns."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.errors import AuditError
from parsers.stores.text_encoding import encoding_of

MAX_PATTERN: Final = 1000
"""Characters: far more than a location has, and far less than what the regular expressions refuse."""

_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class RuleTable:
    """What such a file is called in messages, and the error that its faults become."""

    what: str
    error: type[AuditError]

    def text(self, path: Path) -> str:
        """The file's text: UTF-8, or UTF-16 with its mark.

        Raises:
            AuditError: `error`; it cannot be read, or is in another encoding.
        """
        try:
            content = path.read_bytes()
            return content.decode(encoding_of(content))
        except OSError as error:
            raise self.error(f"cannot read the {self.what} {str(path)!r}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise self.error(
                f"the {self.what} {str(path)!r} is neither UTF-8 nor marked UTF-16",
                hint="save it from the spreadsheet as CSV UTF-8",
            ) from error

    def rows(self, text: str, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(number of the row, its cells in the order of `columns`), blank rows left out.

        The columns may stand in any order and among others; commas, semicolons or tabs; white space around
        cells does not count. The first of `columns` must not be empty, and not be longer than a pattern is.

        Raises:
            AuditError: `error`; a column is missing, or a row is broken (which is named).
        """
        stream = io.StringIO(text, newline="")
        delimiter = max(_DELIMITERS, key=stream.readline().count)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            places = self._places(next(reader, []), columns)
            for number, row in enumerate(reader, start=2):
                cells = [cell.strip() for cell in row]
                if any(cells):
                    yield number, self._chosen(cells, places, columns, number)
        except csv.Error as error:
            raise self.error(f"the {self.what} is not CSV: {error}") from error

    def refused(self, row: int, why: str) -> AuditError:
        """The error about one row."""
        return self.error(f"row {row} of the {self.what} {why}")

    def _places(self, header: Sequence[str], columns: Sequence[str]) -> list[int]:
        names = [cell.strip().lower() for cell in header]
        missing = [column for column in columns if column not in names]
        if missing:
            raise self.error(
                f"row 1 of the {self.what} has no column {missing[0]!r}",
                hint=f"it needs {', '.join(columns)}",
            )
        return [names.index(column) for column in columns]

    def _chosen(
        self, cells: Sequence[str], places: Sequence[int], columns: Sequence[str], row: int
    ) -> tuple[str, ...]:
        if len(cells) <= max(places):
            raise self.refused(row, f"has {len(cells)} cells, too few")
        chosen = tuple(cells[place] for place in places)
        if not chosen[0]:
            raise self.refused(row, f"has no {columns[0]}")
        if len(chosen[0]) > MAX_PATTERN:
            raise self.refused(row, f"has a {columns[0]} of more than {MAX_PATTERN} characters")
        return chosen
