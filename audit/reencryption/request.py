"""What a re-encryption is asked for, what it asks and shows on the way, and what it answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit.exit_codes import exit_code
from audit.reencryption.overrides import Despite
from audit.reencryption.plan import Plan
from audit.reencryption.report import (
    ReencryptionReport,
    needs_attention,
)
from audit.run.observer import Observer
from audit.run.stores import StoreOptions
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class ReencryptionRequest:
    """A request to re-encrypt.

    Attributes:
        run: the run folder of an audit of these stores.
        stores: those that were audited.
        keys: references to the candidate keys, each `[LABEL=]REF`.
        to: label of the key under which the values of its product are to open, `[PRODUCT:]LABEL`.
        current: labels of the keys that the servers use now, likewise; without them the run knows.
        journal: where every value is recorded before it is written; `journal.jsonl` in `run` otherwise.
        out: where a file store is written anew, or database.properties with its password under the new key.
        layouts: a TOML file of layouts in addition to the known ones.
        like: references to stores of the server that uses the key: only read, for how its values are written.
        also: locations of values to re-encrypt although their opening is only weak or ambiguous.
        despite: safety checks to override.
        written_after: files that the caller will write once the call has returned. They are checked before
            anything is changed: afterwards it would be too late to report what was done.
    """

    run: Path
    stores: StoreOptions
    keys: Sequence[str]
    to: str
    current: str | Sequence[str] = ()
    journal: Path | None = None
    out: Path | None = None
    layouts: Path | None = None
    like: Sequence[str] = ()
    also: Sequence[str] = ()
    despite: Sequence[Despite] = ()
    written_after: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person confirms before anything is written.

    Attributes:
        values: how many are to be re-encrypted.
        places: the stores and files that change.
        target: label of the key under which they are to open.
    """

    values: int
    places: Sequence[str]
    target: str

    def __str__(self) -> str:
        return f"Re-encrypt {self.values:,} values of {', '.join(self.places)} under {self.target}?"


Confirm = Callable[[Question], bool]
"""Whether to write. An exception that it raises ends the run, with nothing written."""


@dataclass(frozen=True, slots=True)
class Reencryption:
    """The outcome of a re-encryption.

    Attributes:
        plan: with the states that the values have now.
        report: what was written and proven; None where nothing was written.
        steps: what people have to do once everything opens under the target key, in order.
        unread: what could not be read, and why.
    """

    plan: Plan
    report: ReencryptionReport | None
    steps: Sequence[str]
    unread: Sequence[Unread]

    @property
    def exit_code(self) -> int:
        """0: nothing is left to do; 10: something would change, or was left; 3: incomplete; 1: it failed."""
        if self.report is not None:
            return self.report.exit_code
        return exit_code(complete=not self.unread, attention=needs_attention(self.plan))


class ReencryptionObserver(Observer, Protocol):
    """Also receives what a person must see in time: before the question, or even if a later file fails."""

    def say(self, lines: Iterable[str]) -> None:
        """Lines for a person: the options before the question, then which other file was written."""
        ...

    def show(self, plan: Plan) -> None:
        """The state of every value, once nothing more is written."""
        ...

    def prove(self, report: ReencryptionReport) -> None:
        """What the proof showed; called even if a file that is written after the stores fails."""
        ...
