"""What changing a stored value is: by record, from bytes that are known to bytes that are known."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class StoredCiphertext:
    """A stored value as it lies in its store.

    Attributes:
        value: as in the `STORED` schema: text as UTF-8, a binary column's bytes as they are.
        iv: the initialization vector in a column beside it, if it has one.
    """

    value: bytes
    iv: bytes | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the value, and of the vector beside it, as hex."""
        beside = b"" if self.iv is None else b"\0" + self.iv
        return hashlib.sha256(self.value + beside).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class ValueChange:
    """One stored value that is to become another; `record` finds it, as in the `STORED` schema."""

    record: str
    old: StoredCiphertext
    new: StoredCiphertext


class ChangeOutcome(StrEnum):
    """What became of a change."""

    CHANGED = "changed"
    ALREADY = "already"
    DIFFERS = "differs"
    GONE = "gone"


class BlockerKind(StrEnum):
    """What stands in the way of changing a store.

    `SESSIONS`, `SESSIONS_UNSEEN` and `NO_TRANSACTIONS` concern a whole store or table, and people may know
    better; the others rule out the records that they name.
    """

    SESSIONS = "sessions"
    SESSIONS_UNSEEN = "sessions-unseen"
    NO_TRANSACTIONS = "no-transactions"
    TOO_SHORT = "too-short"
    NOT_FOUND_AGAIN = "not-found-again"
    NOT_WRITTEN_PLAINLY = "not-written-plainly"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something in the way.

    Attributes:
        kind: what it is.
        what: a sentence for people, without key, plain text or ciphertext.
        records: the records that it rules out; none where it concerns the whole store.
    """

    kind: BlockerKind
    what: str
    records: tuple[str, ...] = ()


class InPlaceWriter(Protocol):
    """A store that is changed where it lies, in transactions."""

    @property
    def label(self) -> str:
        """The store's name in reports: that of `Store.label`."""
        ...

    def blockers(self, changes: Sequence[ValueChange]) -> Iterator[Blocker]:
        """What stands in the way; a user with the right to SELECT is enough to ask.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def exclusively(self) -> AbstractContextManager[None]:
        """Holds off every other run that would change this store.

        Raises:
            StoreError: another run is at it.
        """
        ...

    def present(self, records: Sequence[str]) -> dict[str, StoredCiphertext]:
        """What stands there now, read over a new connection; records that find no single row are left out.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def replace(self, changes: Sequence[ValueChange]) -> list[ChangeOutcome]:
        """Make the changes, all in one transaction, and say of each what became of it, in their order.

        Only where exactly the old bytes stand does anything change; `ALREADY` where the new ones do. After
        an error nothing is changed, except (`CommitUnknownError`) where the answer to COMMIT was lost.

        Raises:
            StoreError: nothing was changed.
            CommitUnknownError: either all was changed or nothing: read it again.
        """
        ...


class FileRewrite(Protocol):
    """A file store with its changes found in it, ready to be written anew."""

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Records whose value is not written plainly in the file: they stay as they are."""
        ...

    def files(self, *, fingerprint: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every file of the store, decompressed, by its path inside it ("" for a store of one file).

        All bytes are those of the source, except the changed values and, where `fingerprint` is given, the
        passkey's fingerprint in the root element of an export. Each file is to be read to its end before
        the next.

        Raises:
            StoreError, ArchiveError: the source cannot be read, or is another than before.
        """
        ...


class FileRewriter(Protocol):
    """A store that is never changed where it lies: it is written anew."""

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
