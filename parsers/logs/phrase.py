"""What makes a log entry a finding: a text in it, and what that text means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final


class SubjectForm(Enum):
    """Where an entry names what it is about."""

    NONE = auto()
    """Nowhere that is known."""
    AFTER_PHRASE = auto()
    """One name after the phrase."""
    LIST_AFTER_PHRASE = auto()
    """Several names after the phrase, perhaps over further lines."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that, standing in an entry, makes it a finding.

    Attributes:
        text: looked for as it is, case and all, within one line.
        system: the id of the product that writes it.
        kind: of the finding, as the findings' column has it.
        subject_kind: what the subject is, as the findings' column has it.
        subject: how the name is read; a pattern is searched in the whole entry, its groups
            `subject` (or else `type`) and, if it has one, `project` are taken.
    """

    text: str
    system: str
    kind: str
    subject_kind: str
    subject: SubjectForm | re.Pattern[str] = SubjectForm.NONE


_OWN_KIND: Final = 8
"""Kinds from a file of phrases rank after the products' own messages, before the generic signs."""


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What holds for every phrase of a kind.

    Attributes:
        rank: which kind an entry is of that has phrases of several: the lowest wins. From 0, the most
            specific; 9 is for signs that any program may leave.
        fingerprints: where an entry of this kind names fingerprints of keys: the database's in the first
            group, the file's in the second.
        unless: a text that, if it stands in the entry too, makes a finding without a subject of it: text,
            kind and subject kind.
    """

    rank: int = _OWN_KIND
    fingerprints: re.Pattern[str] | None = None
    unless: Phrase | None = None


UNKNOWN_KIND: Final = FindingKind()


@dataclass(frozen=True, slots=True)
class Phrases:
    """The table in force.

    Attributes:
        table: the phrases.
        kinds: what is known of kinds, by their names; of others `UNKNOWN_KIND` holds.
    """

    table: tuple[Phrase, ...]
    kinds: Mapping[str, FindingKind] = field(default_factory=dict)

    def of_system(self, system: str | None) -> "Phrases":
        """Those of one product; None is all."""
        return Phrases(tuple(phrase for phrase in self.table if system in {None, phrase.system}), self.kinds)

    def kind_of(self, phrase: Phrase) -> FindingKind:
        """What holds for the phrase's kind."""
        return self.kinds.get(phrase.kind, UNKNOWN_KIND)

    def found_in(self, text: str) -> tuple[Phrase, int] | None:
        """The phrase that decides an entry's kind, and where it stands.

        The most specific kind wins; within equals, what stands first.
        """
        found = (
            (self.kind_of(phrase).rank, at, index)
            for index, phrase in enumerate(self.table)
            if (at := text.find(phrase.text)) >= 0
        )
        best = min(found, default=None)
        return None if best is None else (self.table[best[2]], best[1])
