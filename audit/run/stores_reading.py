"""Everything that the stores of a run hold, sorted by what it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from parsers.errors import StoreError
from parsers.progress import Progress
from parsers.stores.interface import (
    DocumentsRead,
    FingerprintSeen,
    NotAudited,
    PasswordCheck,
    Store,
    StoredValues,
    Uncovered,
)
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class StoreRead:
    """How much of a store was read."""

    label: str
    records: int


@dataclass(slots=True)
class StoresReading:
    """What the stores hold.

    Attributes:
        batches: the values, in the order read; later without their columns `value` and `iv`.
        seen: passkey fingerprints that the stores name.
        uncovered: values with the form of ciphertext where none was expected.
        not_audited: default tables that are not there.
        unread: what could not be read, and why.
        read: the stores that were read, wholly or in part.
        documents: how many of Octopus' documents they hold.
        checks: values that check the password of an export.
    """

    batches: list[StoredValues] = field(default_factory=list)
    seen: list[FingerprintSeen] = field(default_factory=list)
    uncovered: list[Uncovered] = field(default_factory=list)
    not_audited: list[NotAudited] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    read: list[StoreRead] = field(default_factory=list)
    documents: int = 0
    checks: list[PasswordCheck] = field(default_factory=list)

    def systems(self) -> set[str]:
        """The products whose values they hold."""
        return {batch.system for batch in self.batches if batch.system}

    def of_product(self, system: str) -> "StoresReading":
        """What concerns one product: its values, and what stores without another's values report."""
        foreign = {batch.store for batch in self.batches if batch.system not in {system, ""}}
        return StoresReading(
            batches=[each for each in self.batches if each.system == system],
            seen=self.seen,
            uncovered=[each for each in self.uncovered if each.store not in foreign],
            not_audited=[each for each in self.not_audited if each.store not in foreign],
            unread=[each for each in self.unread if each.path not in foreign],
            read=[each for each in self.read if each.label not in foreign],
            documents=self.documents,
            checks=[each for each in self.checks if each.store not in foreign],
        )

    def values(self) -> int:
        """How many values they hold."""
        return sum(batch.frame.height for batch in self.batches)

    def forget_values(self) -> None:
        """Let go of the ciphertext, which nobody needs once it is examined: it is a third of the memory."""
        self.batches = [StoredValues(batch.frame.drop("value", "iv")) for batch in self.batches]


def read_stores(stores: Iterable[Store], progress: Progress) -> StoresReading:
    """Read them all; one that cannot be read does not keep the others from it."""
    reading = StoresReading()
    for store in stores:
        progress.working_on(store.label)
        before = len(reading.batches)
        try:
            _read_into(reading, store)
        except StoreError as error:
            reading.unread.append(Unread(store.label, "", _in_full(error)))
            if len(reading.batches) == before:
                continue
        records = sum(batch.frame.height for batch in reading.batches[before:])
        reading.read.append(StoreRead(store.label, records))
        if not records:  # an empty store is never "0 problems"
            reading.unread.append(Unread(store.label, "", "no stored value was found in it"))
    return reading


def _read_into(reading: StoresReading, store: Store) -> None:
    for event in store.read():
        match event:
            case StoredValues():
                reading.batches.append(event)
            case DocumentsRead():
                reading.documents += event.count
            case PasswordCheck():
                reading.checks.append(event)
            case FingerprintSeen():
                reading.seen.append(event)
            case Uncovered():
                reading.uncovered.append(event)
            case NotAudited():
                reading.not_audited.append(event)
            case Unread():
                reading.unread.append(event)
            case _:
                assert_never(event)


def _in_full(error: StoreError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message
