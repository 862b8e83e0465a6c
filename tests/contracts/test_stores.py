"""What every kind of store must hold to."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.stores.interface import Store, StoredValues
from parsers.stores.open import open_store
from parsers.stores.schema import BATCH_ROWS, STORED

pytestmark = [
    pytest.mark.xdist_group("store contracts"),  # one worker makes each store, and reads it once
    pytest.mark.no_cover,  # a batch of 131,072 rows takes twice as long where each line is noted
]

COUNT = BATCH_ROWS + 10
FEW = 100

Row = tuple[str, str, str, str]


def rows_of(count: int) -> list[Row]:
    """Project, name, user name and value of so many credentials."""
    return [
        ("P", f"name {number}", "" if number % 5 else "user", f"{number:032x}") for number in range(count)
    ]


def table_of(rows: list[Row]) -> pl.DataFrame:
    """The rows in columns."""
    return pl.DataFrame(rows, schema=["project", "name", "user_name", "value"], orient="row")


def export_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as an export."""
    path = folder / "store.xml"
    body = "".join(
        f"<credential><credentialName>{name}</credentialName><password>{value}</password>"
        f"<userName>{user}</userName></credential>"
        for _, name, user, value in credentials
    )
    path.write_text(f"<exportedData><project><projectName>P</projectName>{body}</project></exportedData>")
    return path


def csv_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as CSV."""
    path = folder / "store.csv"
    table_of(credentials).write_csv(path)
    return path


def parquet_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as Parquet."""
    path = folder / "store.parquet"
    table_of(credentials).write_parquet(path)
    return path


def json_lines_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as JSON Lines."""
    path = folder / "store.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in table_of(credentials).iter_rows(named=True)))
    return path


def dump_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as a dump of MySQL."""
    path = folder / "store.sql"
    values = ",".join(
        f"({at},1,'{name}','{user}','{value}')" for at, (_, name, user, value) in enumerate(credentials)
    )
    path.write_text(
        "CREATE TABLE ec_project (id int, name text);INSERT INTO ec_project VALUES (1,'P');"
        f"INSERT INTO ec_credential (id, project_id, name, user_name, password) VALUES {values};"
    )
    return path


def sqlite_file(folder: Path, credentials: list[Row]) -> Path:
    """The rows as a SQLite file."""
    path = folder / "store.sqlite"
    rows = [(at, 1, name, user, value) for at, (_, name, user, value) in enumerate(credentials)]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE ec_project (id INTEGER, name TEXT)")
        database.execute("INSERT INTO ec_project VALUES (1, 'P')")
        database.execute("CREATE TABLE ec_credential (id INTEGER, project_id, name, user_name, password)")
        database.executemany("INSERT INTO ec_credential VALUES (?, ?, ?, ?, ?)", rows)
    return path


Maker = Callable[[Path, list[Row]], Path]

MAKERS: list[Maker] = [
    export_file,
    csv_file,
    parquet_file,
    json_lines_file,
    dump_file,
    sqlite_file,
]


@pytest.fixture(scope="module", params=MAKERS, ids=lambda maker: maker.__name__)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store of each kind, with the same rows in it."""
    maker: Maker = request.param
    return open_store(str(maker(tmp_path_factory.mktemp("store"), rows_of(COUNT))))


@pytest.fixture(scope="module")
def frames(store: Store) -> list[pl.DataFrame]:
    """Its batches, read once for all tests."""
    return [event.frame for event in store.read() if isinstance(event, StoredValues)]


def test_schema_and_batches(frames: list[pl.DataFrame]) -> None:
    """Every batch has the schema and a bounded number of rows."""
    assert {frame.schema == STORED for frame in frames} == {True}
    assert max(frame.height for frame in frames) <= BATCH_ROWS
    assert sum(frame.height for frame in frames) == COUNT


def test_rows(frames: list[pl.DataFrame]) -> None:
    """The same rows in the store's order, whatever the kind."""
    found = pl.concat(frames)
    expected = table_of(rows_of(COUNT)).select(
        pl.lit("cloudbees-cd").alias("system"),
        pl.lit("credential").alias("kind"),
        "project",
        "name",
        "user_name",
        pl.format("/projects/P/credentials/{}", "name").alias("location"),
        pl.col("value").cast(pl.Binary),
    )
    assert_frame_equal(found.select(expected.columns), expected)


def test_absent_text_is_empty_and_absent_bytes_are_null(frames: list[pl.DataFrame]) -> None:
    """No text column holds a null; there is no vector here, and that is null."""
    found = pl.concat(frames)
    texts = [name for name, dtype in STORED.items() if dtype == pl.String]
    assert found.select(texts).null_count().row(0) == (0,) * len(texts)
    assert found["iv"].null_count() == found.height


def test_label_and_record(store: Store, frames: list[pl.DataFrame]) -> None:
    """Rows name the store as it calls itself, and each can be found again."""
    found = pl.concat(frames)
    assert set(found["store"]) == {store.label}
    assert found["record"].is_duplicated().sum() == 0


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_reading_again_gives_the_same(maker: Maker, tmp_path: Path) -> None:
    """A store can be read as often as wanted."""
    store = open_store(str(maker(tmp_path, rows_of(FEW))))
    first, again = (
        [event.frame for event in store.read() if isinstance(event, StoredValues)] for _ in range(2)
    )
    assert_frame_equal(pl.concat(again), pl.concat(first))
    assert sum(frame.height for frame in again) == FEW


def test_stopping_early_is_harmless(store: Store) -> None:
    """Who needs the first batch only may leave; nothing stays open (warnings are errors here)."""
    events = store.read()
    next(events)
    close = getattr(events, "close", None)
    assert close is not None
    close()
