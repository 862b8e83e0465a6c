"""Who owns a credential: the owners file, and its patterns put on locations."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from audit.errors import OwnersError
from audit.ownership.globs import first_match
from audit.ownership.rule_table import RuleTable

UNASSIGNED: Final = "unassigned"

COLUMNS: Final = ("pattern", "team", "contact")

_FILE: Final = RuleTable("owners file", OwnersError)


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

    Raises:
        OwnersError: the file cannot be read, a column is missing, or a row is broken (which is named).
    """
    return Owners(tuple(_rules(_FILE.text(path))))


def _rules(text: str) -> Iterator[OwnerRule]:
    for number, (pattern, team, contact) in _FILE.rows(text, COLUMNS):
        if not team:
            raise _FILE.refused(number, "has no team")
        yield OwnerRule(pattern, team, contact)
