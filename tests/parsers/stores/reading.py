"""What the tests of stores ask of a store."""

from pathlib import Path

import polars as pl

from parsers.stores.interface import Store, StoredValues, StoreEvent
from parsers.stores.open import open_store
from parsers.stores.schema import STORED
from parsers.unread import Unread


def events(path: Path) -> list[StoreEvent]:
    """Everything that the file at `path` tells."""
    return list(open_store(str(path)).read())


def rows_of(store: Store) -> pl.DataFrame:
    """All stored values in one frame."""
    frames = [event.frame for event in store.read() if isinstance(event, StoredValues)]
    return pl.concat([pl.DataFrame(schema=STORED), *frames])


def rows(path: Path) -> pl.DataFrame:
    """All stored values of the file at `path`."""
    return rows_of(open_store(str(path)))


def unread(path: Path) -> list[Unread]:
    """What could not be read of the file at `path`."""
    return [event for event in events(path) if isinstance(event, Unread)]
