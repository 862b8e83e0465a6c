"""A raw entry → a finding: what kind, about what, when, where."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from parsers.logs.entry_heads import read_head
from parsers.logs.mask import mask, mask_beginning, mask_fields, without_cut_run
from parsers.logs.phrase import Phrase, Phrases, SubjectForm
from parsers.logs.search import RawEntry
from parsers.logs.subject import Subject, first_subject, in_one, listed_subjects

MESSAGE_CAP: Final = 16_384
"""Characters of an entry that a finding shows."""

_CACHED: Final = 8192
_CACHED_LENGTH: Final = 1024
"""A failing credential is logged again and again: what one message means is worked out once."""


class Meaning(NamedTuple):
    """What a text says, wherever and whenever it was logged; `message` is the text, masked and capped."""

    system: str
    kind: str
    subject_kind: str
    subject: str
    project: str
    database_fingerprint: str
    file_fingerprint: str
    message: str


class Finding(NamedTuple):
    """An entry that matters: the contract's columns.

    Attributes:
        time: ISO 8601, `2021-03-04T05:06:07.089`, local, with an offset only if the log has one; or "".
        node: the cluster node, or "".
        level: TRACE to FATAL, or "".
        source: the stream, as positions name it.
        line: 1-based, of the entry's first byte; None for findings of a store.
        message: the entry, masked and capped.
    """

    system: str
    kind: str
    subject_kind: str
    subject: str
    project: str
    database_fingerprint: str
    file_fingerprint: str
    time: str
    node: str
    level: str
    source: str
    line: int | None
    message: str


class Interpreter:
    """Reads entries by a table of phrases; any number of threads may use one."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._meaning_of_common = lru_cache(_CACHED)(self._meaning)

    def finding(self, entry: RawEntry, source: str) -> Finding | None:
        """The finding that the entry is, or None if none of the phrases stands in it."""
        text = as_text(entry)
        time, node, level, message_at, _ = read_head(text)
        body = text[message_at:]
        meaning = self._meaning_of_common(body) if len(body) <= _CACHED_LENGTH else self._meaning(body)
        if meaning is None:
            message_at = 0  # the phrase may be in a field before the message
            meaning = self._meaning(text)
            if meaning is None:
                return None
        fields = text[:message_at]
        masked = mask_fields(fields)
        if masked is not fields or not fields:  # else the node, one of them, may be shown as well
            node = mask_fields(node)
        return Finding(*meaning[:-1], time, node, level, source, entry.line, masked + meaning.message)

    def _meaning(self, text: str) -> Meaning | None:
        found = self._phrases.found_in(text)
        if found is None:
            return None
        phrase, at = found
        kind = self._phrases.kind_of(phrase)
        if kind.unless is not None and kind.unless.text in text:
            phrase = kind.unless
        subject = _subject(phrase, text, at)
        fingerprints = ("", "") if kind.fingerprints is None else _fingerprints(kind.fingerprints, text)
        return Meaning(
            phrase.system,
            phrase.kind,
            phrase.subject_kind,
            mask(subject.name),
            mask(subject.project),
            *fingerprints,
            _shown(text),
        )


def as_text(entry: RawEntry) -> str:
    """The entry decoded, without a byte-order mark: lines end in LF, what is not UTF-8 becomes escapes."""
    text = entry.data.decode("utf-8", "backslashreplace").rstrip("\r\n").removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text if entry.whole else without_cut_run(text)


def _fingerprints(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The database's and the file's."""
    found = pattern.search(text)
    return ("", "") if found is None else (found[1].lower(), found[2].lower())


def _subject(phrase: Phrase, text: str, at: int) -> Subject:
    tail_at = at + len(phrase.text)
    match phrase.subject:
        case SubjectForm.NONE:
            return Subject("", "")
        case SubjectForm.AFTER_PHRASE:
            return first_subject(text[tail_at:])
        case SubjectForm.LIST_AFTER_PHRASE:
            return in_one(listed_subjects(text[tail_at:]))
        case pattern:
            groups = found.groupdict() if (found := pattern.search(text)) else {}
            return Subject(groups.get("subject") or groups.get("type") or "", groups.get("project") or "")


def _shown(text: str) -> str:
    if len(text) <= MESSAGE_CAP:
        return mask(text)
    return mask_beginning(text[:MESSAGE_CAP]) + " […]"
