"""Compare-and-swap of a stored value, addressed by record: the interfaces of what writes stores."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class StoredCiphertext:
    """A stored value as it is in its store.

    Attributes:
        value: as in the `STORED` schema: text as UTF-8, a binary column's bytes unchanged.
        iv: the initialization vector from a column of its own, if there is one.
    """

    value: bytes
    iv: bytes | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the value, and of its vector if it has one, as hex."""
        vector = b"" if self.iv is None else b"\0" + self.iv
        return hashlib.sha256(self.value + vector).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class ValueChange:
    """One stored value and its replacement; `record` identifies it, as in the `STORED` schema."""

    record: str
    old: StoredCiphertext
    new: StoredCiphertext


class ChangeOutcome(StrEnum):
    """The outcome of a change."""

    CHANGED = "changed"
    ALREADY = "already"
    DIFFERS = "differs"
    GONE = "gone"


class BlockerKind(StrEnum):
    """What prevents changes to a store.

    `SESSIONS`, `SESSIONS_UNSEEN` and `NO_TRANSACTIONS` concern a whole store or table, and users may override
    them; the others exclude single records.
    """

    SESSIONS = "sessions"
    SESSIONS_UNSEEN = "sessions-unseen"
    NO_TRANSACTIONS = "no-transactions"
    TOO_SHORT = "too-short"
    NOT_FOUND_AGAIN = "not-found-again"
    NOT_WRITTEN_PLAINLY = "not-written-plainly"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that prevents a change.

    Attributes:
        kind: what it is.
        what: a sentence for users, without key, plain text or ciphertext.
        records: the records that it excludes; empty if it concerns the whole store.
    """

    kind: BlockerKind
    what: str
    records: tuple[str, ...] = ()


class InPlaceWriter(Protocol):
    """A store that is changed in place, in transactions."""

    @property
    def label(self) -> str:
        """The store's name in reports: that of `Store.label`."""
        ...

    def blockers(self, changes: Sequence[ValueChange]) -> Iterator[Blocker]:
        """What prevents the changes; the right to SELECT suffices to find out.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def exclusively(self) -> AbstractContextManager[None]:
        """Exclude every other run that would change this store.

        Raises:
            StoreError: another run holds the lock.
        """
        ...

    def present(self, records: Sequence[str]) -> dict[str, StoredCiphertext]:
        """The current values, read over a new connection; records without exactly one row are left out.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def replace(self, changes: Sequence[ValueChange]) -> list[ChangeOutcome]:
        """Make the changes in one transaction, and return the outcome of each, in their order.

        A value changes only if it is exactly the old one; `ALREADY` means that it is the new one. After an
        error nothing has changed, except (`CommitUnknownError`) if the answer to COMMIT was lost.

        Raises:
            StoreError: nothing was changed.
            CommitUnknownError: either all was changed or nothing: read the values again.
        """
        ...


class FileRewrite(Protocol):
    """A file store in which the changes were located, ready to be written anew."""

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Records that cannot be changed, and stay as they are."""
        ...

    def files(self, *, fingerprint: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every file of the store, decompressed, by its path inside it ("" for a store of one file).

        All bytes are the source's, except the changed values and, if `fingerprint` is given, the passkey's
        fingerprint in the root element of an export. Each file must be read to its end before the next.

        Raises:
            StoreError, ArchiveError: the source cannot be read, or has changed since.
        """
        ...


class FileRewriter(Protocol):
    """A store that is never changed in place, but written anew."""

    @property
    def label(self) -> str:
        """The store's name in reports: that of `Store.label`."""
        ...

    def locate(self, changes: Sequence[ValueChange]) -> FileRewrite:
        """Find the values in the source.

        Raises:
            StoreError, ArchiveError: the source cannot be read.
        """
        ...
