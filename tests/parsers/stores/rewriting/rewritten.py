"""What the tests of rewriting ask of a store."""

import base64
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from parsers.stores.interface import Store
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import file_rewriter
from parsers.stores.store_writer import Blocker, FileRewrite, FileRewriter, StoredCiphertext, ValueChange
from tests.parsers.stores.reading import rows_of

Content = dict[str, bytes]
"""A store's files by their path inside it."""


def base64_of(number: int, size: int = 16) -> str:
    """Something like ciphertext: another for every number."""
    return base64.b64encode(random.Random(number).randbytes(size)).decode()


def writer(store: Store) -> FileRewriter:
    """What writes the store anew."""
    found = file_rewriter(store)
    assert found is not None
    assert found.label == store.label
    return found


def sealed(store: Store) -> dict[str, StoredCiphertext]:
    """All values by record, in the store's order."""
    rows = rows_of(store).select("record", "value", "iv").iter_rows()
    return {record: StoredCiphertext(value, iv) for record, value, iv in rows if value is not None}


def content(rewriting: FileRewrite, fingerprint: str | None = None) -> Content:
    """All files that it writes."""
    return {name: b"".join(pieces) for name, pieces in rewriting.files(fingerprint=fingerprint)}


def changed(
    path: Path,
    new: Callable[[int, StoredCiphertext], StoredCiphertext | None],
    *,
    fingerprint: str | None = None,
) -> tuple[Content, tuple[Blocker, ...]]:
    """The store at `path` with a new value where `new` (number of the row, old) gives one."""
    store = open_store(str(path))
    changes = changes_of(store, new)
    rewriting = writer(store).locate(changes)
    return content(rewriting, fingerprint), rewriting.blockers


def changes_of(
    store: Store, new: Callable[[int, StoredCiphertext], StoredCiphertext | None]
) -> list[ValueChange]:
    """A change of each row for which `new` gives another value."""
    found = ((record, old, new(at, old)) for at, (record, old) in enumerate(sealed(store).items()))
    return [ValueChange(record, old, value) for record, old, value in found if value is not None]


def hindered(blockers: Iterable[Blocker]) -> dict[str, Sequence[str]]:
    """The records that stay as they are, by what hinders them."""
    return {blocker.kind.value: blocker.records for blocker in blockers}
