"""Who owns a credential: the owners file, and its patterns put on locations."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from audit.errors import OwnersError
from audit.first_glob import first_match
from parsers.stores.text_encoding import encoding_of

UNASSIGNED: Final = "unassigned"

COLUMNS: Final = ("pattern", "team", "contact")

MAX_PATTERN: Final = 1000
"""Characters: far more than a location has, and far less than what the regular expressions refuse."""

_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A row of the owners file: what `pattern`, a glob on locations, matches belongs to `team`."""

    pattern: str
    team: str
    contact: str


@dataclass(frozen=True, slots=True)
class Owners:
    """The rules in their order: the first match wins."""

    rules: tuple[OwnerRule, ...]

    def assign(self, locations: pl.Series) -> pl.DataFrame:
        """The columns `owner` and `contact`, a row for each of `locations` in their order.

        Patterns are those of `fnmatch.fnmatchcase`: `*` also crosses `/`. Where none matches, the owner is
        `unassigned` and the contact "".
        """
        matched = first_match([rule.pattern for rule in self.rules], locations)
        teams = pl.Series("owner", [*(rule.team for rule in self.rules), UNASSIGNED])
        contacts = pl.Series("contact", [*(rule.contact for rule in self.rules), ""], dtype=pl.String)
        return pl.DataFrame([teams.gather(matched), contacts.gather(matched)])


def read_owners(path: Path) -> Owners:
    """The owners file: CSV with the columns `pattern, team, contact`, in any order and among others.

    Commas, semicolons or tabs; UTF-8, or UTF-16 with its mark; white space around cells does not count.

    Raises:
        OwnersError: the file cannot be read, a column is missing, or a row is broken (which is named).
    """
    try:
        content = path.read_bytes()
        text = content.decode(encoding_of(content))
    except OSError as error:
        raise OwnersError(f"cannot read the owners file {str(path)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OwnersError(
            f"the owners file {str(path)!r} is neither UTF-8 nor marked UTF-16",
            hint="save it from the spreadsheet as CSV UTF-8",
        ) from error
    try:
        return Owners(tuple(_rules(text)))
    except csv.Error as error:
        raise OwnersError(f"the owners file {str(path)!r} is no CSV: {error}") from error


def _rules(text: str) -> Iterator[OwnerRule]:
    stream = io.StringIO(text, newline="")
    delimiter = max(_DELIMITERS, key=stream.readline().count)
    stream.seek(0)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    places = _places(next(reader, []))
    for number, row in enumerate(reader, start=2):
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield _rule(cells, places, number)


def _places(header: Sequence[str]) -> list[int]:
    names = [cell.strip().lower() for cell in header]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise OwnersError(
            f"row 1 of the owners file has no column {missing[0]!r}", hint=f"it needs {', '.join(COLUMNS)}"
        )
    return [names.index(column) for column in COLUMNS]


def _rule(cells: Sequence[str], places: Sequence[int], row: int) -> OwnerRule:
    if len(cells) <= max(places):
        raise OwnersError(f"row {row} of the owners file has {len(cells)} cells, too few")
    pattern, team, contact = (cells[place] for place in places)
    if not pattern or not team:
        raise OwnersError(f"row {row} of the owners file has no {'team' if pattern else 'pattern'}")
    if len(pattern) > MAX_PATTERN:
        raise OwnersError(f"row {row} of the owners file: a pattern of more than {MAX_PATTERN} characters")
    return OwnerRule(pattern, team, contact)
