"""Pseudonyms: the same one for the same name, and none for words that name nobody."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick

from audit.products import every_product
from parsers.logs.phrases import DEFAULT

SHORTEST: Final = 2
"""Characters of a name that is looked for inside text; a single one is in every word."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is to stand in place of `text[start:end]`."""

    start: int
    end: int
    by: str


class Pseudonyms:
    """Real names and what they are called instead, `project-1`, `project-2`, in the order of appearance.

    Case does not count: hosts and users are written in either.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def of(self, name: str, kind: str) -> str:
        """The pseudonym of `name`, a new one of this kind if it has none; "" and product words stay."""
        folded = fold(name)
        if not folded or folded in PRODUCT_WORDS:
            return name
        if folded not in self._by_name:
            self._numbers[kind] += 1
            self._by_name[folded] = f"{kind}-{self._numbers[kind]}"
        return self._by_name[folded]

    def fix(self, name: str, pseudonym: str) -> None:
        """Say what `name` is called, unless it has a pseudonym already."""
        if name:
            self._by_name.setdefault(fold(name), pseudonym)

    def items(self) -> Iterable[tuple[str, str]]:
        """(folded name, pseudonym)."""
        return self._by_name.items()


class KnownNames:
    """Finds the names that have pseudonyms, as whole words, in any text."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        known = [(name, by) for name, by in pseudonyms.items() if _worth_looking_for(name)]
        self._replacements = [by for _, by in known]
        self._automaton = AhoCorasick([name for name, _ in known])

    def found(self, text: str) -> Iterator[Replacement]:
        """Every occurrence, overlapping ones too."""
        for number, start, end in self._automaton.find_matches_as_indexes(fold(text), overlapping=True):
            if not (start and _in_word(text, start)) and not (end < len(text) and _in_word(text, end)):
                yield Replacement(start, end, self._replacements[number])


def fold(text: str) -> str:
    """In lower case, with as many characters as before, so that positions stay."""
    lower = text.lower()
    if len(lower) == len(text):  # no letter's lower case is shorter than the letter
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with the leftmost, then the longest of the replacements; of equal ones the first."""
    pieces: list[str] = []
    done = 0
    for each in sorted(replacements, key=lambda each: (each.start, -each.end)):
        if each.start >= done:
            pieces += [text[done : each.start], each.by]
            done = each.end
    return "".join([*pieces, text[done:]])


def _worth_looking_for(name: str) -> bool:
    return len(name) >= SHORTEST and not name.isdigit()


def _in_word(text: str, position: int) -> bool:
    """Whether the characters before and at `position` belong to one word."""
    return (text[position - 1].isalnum() or text[position - 1] == "_") and (
        text[position].isalnum() or text[position] == "_"
    )


WORD: Final = re.compile(r"[^\W_]+")

_FILES_AND_PLACES: Final = """
access backup bz2 c config configuration csv data database dump err error export gz history json jsonl key
keys line log logs mariadb metadata mnt mssql mysql old opt oracle oracledb out parquet postgresql program
programdata psycopg pymssql pymysql server servers service sql sqlite store support tar tgz tmp txt usr var
web xml xz zip zst
attribute file of s the
"""

PRODUCT_WORDS: Final = frozenset(
    word.lower()
    for text in (
        _FILES_AND_PLACES,
        *(product.own_words for product in every_product()),
        *(phrase.text for phrase in DEFAULT.table),
    )
    for word in WORD.findall(text)
)
"""In lower case. A name that is one of them stays: it reveals nothing, and messages stay readable."""
