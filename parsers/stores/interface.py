"""The interface that every credential store implements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class StoredValues:
    """A batch of values, all of one product in one store.

    Attributes:
        frame: at most `BATCH_ROWS` rows of the `STORED` schema.
        system: the product; "" of an empty batch.
        store: the store's label; "" of an empty batch.

    Raises:
        ValueError: the rows are of several products or stores: a fault of the store's reader. Counted for the
            product of the first row, another product's values would be tried and written under its keys.
    """

    frame: pl.DataFrame
    system: str = field(init=False)
    store: str = field(init=False)

    def __post_init__(self) -> None:
        found = self.frame.select("system", "store").unique().rows()
        if len(found) > 1:
            raise ValueError("a batch holds values of several products or stores")
        system, store = found[0] if found else ("", "")
        object.__setattr__(self, "system", system)
        object.__setattr__(self, "store", store)


@dataclass(frozen=True, slots=True)
class FingerprintSeen:
    """A passkey fingerprint that the store itself names.

    Attributes:
        where: `export.xml passkey attribute`, `ec_configuration_history`.
        fingerprint: 40 lower-case hex digits.
        when: date of last use as the store writes it, or "".
    """

    where: str
    fingerprint: str
    when: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A value with the form of ciphertext where no mapping expects one.

    Attributes:
        store: the store's label.
        place: table and column, or the path of the element.
        count: the number of such values.
        form: how they are written: base64, hex, binary, or several of these; "" if not examined.
    """

    store: str
    place: str
    count: int
    form: str = ""


@dataclass(frozen=True, slots=True)
class NotAudited:
    """A default table that this store does not have: listed, but not a fault."""

    store: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentsRead:
    """How many documents a store of documents holds, those without secrets too."""

    store: str
    count: int


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """A stored value whose plain text is public, `Hello`: it checks the password of an export.

    `record` identifies it, as in the `STORED` schema.
    """

    store: str
    value: bytes = field(repr=False)
    record: str = ""


StoreEvent = DocumentsRead | PasswordCheck | StoredValues | FingerprintSeen | Uncovered | NotAudited | Unread


class Store(Protocol):
    """A store of credentials, read as a stream of events.

    `label` is what reports call it: the path as given, or the URL without user and password.
    """

    @property
    def label(self) -> str:
        """The store's name in reports."""
        ...

    def read(self) -> Iterator[StoreEvent]:
        """Everything in it, once, in flat memory, in the store's own order.

        Raises:
            StoreError: it cannot be read at all, or is not of the expected kind. After a fault further on,
                what was read is yielded first, and the fault follows as an `Unread`.
        """
        ...
