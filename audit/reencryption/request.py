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
    """What is to be re-encrypted, and where to write.

    Attributes:
        run: the run folder of an audit of these stores.
        stores: those that were audited.
        keys: references to the candidate keys, each `[LABEL=]REF`.
        to: label of the key under which the values of its product are to open, `[PRODUCT:]LABEL`.
        current: labels of the keys that the servers use now, likewise; without them the run knows.
        journal: where every value is noted before it is written; `journal.jsonl` in `run` otherwise.
        out: where a file store is written anew, or database.properties with its password under the new key.
        layouts: a TOML file of layouts beside the known ones.
        like: references to stores of the server that uses the key: only read, for how its values are written.
        also: locations of values that are taken though their opening is only weak or ambiguous.
        despite: what the caller knows better about.
        written_after: files that the caller means to write once the call has returned: they are looked at
            before anything is changed, for afterwards it would be too late to say what was done.
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
"""Whether to write. What it raises ends the run, with nothing written."""


@dataclass(frozen=True, slots=True)
class Reencryption:
    """What came of it.

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
    """Is also shown what a person has to see in time: before the question, or although a file fails after."""

    def say(self, lines: Iterable[str]) -> None:
        """Lines of the answer: the ways out before the question, then which file beside was written."""
        ...

    def show(self, plan: Plan) -> None:
        """How every value stands, once nothing is written any more."""
        ...

    def prove(self, report: ReencryptionReport) -> None:
        """What reading again proved; called whatever becomes of files that are written after the stores."""
        ...
