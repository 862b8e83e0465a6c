"""What every kind of Octopus' stores must hold to, beside what all stores must."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.stores.interface import DocumentsRead, Store, StoredValues
from parsers.stores.open import open_store
from parsers.stores.schema import BATCH_ROWS, STORED
from tests.support.octopus import MAKERS, Row

COUNT = 3_000
PROJECT = Row("Project", "Projects-1", {}, {"Name": "Shop"})
VALUE = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="


def rows() -> list[Row]:
    """Documents with two values, with none, and with something else."""
    held: tuple[dict[str, object], ...] = ({"Token": VALUE, "Password": None}, {}, {"Other": "x"})
    return [PROJECT, *(Row("Account", f"Accounts-{at}", held[at % 3]) for at in range(COUNT))]


@pytest.fixture(scope="module", params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store of each kind, with the same documents in it."""
    maker: Callable[[Path, list[Row]], Path] = MAKERS[request.param]
    return open_store(str(maker(tmp_path_factory.mktemp("store") / request.param, rows())))


@pytest.fixture(scope="module")
def frames(store: Store) -> list[pl.DataFrame]:
    """Its batches, read once for all tests."""
    return [event.frame for event in store.read() if isinstance(event, StoredValues)]


def test_schema_and_order(frames: list[pl.DataFrame]) -> None:
    """Every batch has the schema, and rows come in the order of the documents."""
    assert {frame.schema == STORED for frame in frames} == {True}
    assert max(frame.height for frame in frames) <= BATCH_ROWS
    found = pl.concat(frames)
    expected = [f"{row.id}/{name}" for row in rows() for name in row.members if name != "Other"]
    assert found["location"].to_list() == expected


def test_absent_text_is_empty_and_absent_bytes_are_null(frames: list[pl.DataFrame]) -> None:
    """No text column holds a null; a null in the JSON is no value."""
    found = pl.concat(frames)
    texts = [name for name, dtype in STORED.items() if dtype == pl.String]
    assert found.select(texts).null_count().row(0) == (0,) * len(texts)
    assert found["value"].null_count() == found.height // 2


def test_label_and_record(store: Store, frames: list[pl.DataFrame]) -> None:
    """Rows name the store as it calls itself, and each can be found again."""
    found = pl.concat(frames)
    assert set(found["store"]) == {store.label}
    assert found["record"].is_duplicated().sum() == 0


def test_reading_again_gives_the_same(store: Store, frames: list[pl.DataFrame]) -> None:
    """A store can be read as often as wanted."""
    again = [event.frame for event in store.read() if isinstance(event, StoredValues)]
    assert_frame_equal(pl.concat(again), pl.concat(frames))


def test_documents_are_counted(store: Store) -> None:
    """Those without a secret too."""
    assert sum(event.count for event in store.read() if isinstance(event, DocumentsRead)) == COUNT + 1


def test_stopping_early_is_harmless(store: Store) -> None:
    """Who needs the first batch only may leave; nothing stays open (warnings are errors here)."""
    events = store.read()
    next(events)
    close = getattr(events, "close", None)
    assert close is not None
    close()
