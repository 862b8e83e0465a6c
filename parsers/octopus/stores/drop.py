"""A file of an offline package drop: `IV__`, a vector, and ciphertext under a password (Calamari)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parsers.octopus import ID
from parsers.octopus.stores.rows import KIND, clean
from parsers.stores.batches import StoredRow, in_batches
from parsers.stores.interface import StoreEvent
from parsers.stores.store_file import StoreFile

MAGIC: Final = b"IV__"


@dataclass(frozen=True, slots=True)
class OfflineDrop:
    """A `Store` with one value, the file itself: a JSON document of all sensitive variables."""

    file: StoreFile

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: it cannot be read.
        """
        with self.file.open() as leaf:
            yield from in_batches(self._rows(), leaf)

    def _rows(self) -> Iterator[StoredRow]:
        name = clean(Path(self.file.reference).name)
        yield StoredRow(
            system=ID,
            kind=KIND,
            project="",
            name=f"offline drop {name}",
            user_name="",
            location=name,
            credential_type="",
            modified="",
            value=self.file.whole(),
            iv=None,
            record="file",
        )
