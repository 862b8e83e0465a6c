"""Parquet files of stored values, read by slices of rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from parsers.archives.interface import EntryStream
from parsers.errors import StoreError
from parsers.stores.batches import BadRows, StoredRow, in_batches
from parsers.stores.interface import StoreEvent
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.store_file import StoreFile
from parsers.stores.tables.columns import COLUMNS, Cells, OtherColumns, others_of, positions, stored_row

PARQUET_MAGIC: Final = b"PAR1"

_BYTES: Final = frozenset({"value", "iv"})


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A `Store` over one Parquet file; a file that is compressed as a whole is read into memory.

    Text and binary values are used unchanged. `record` is `row N`, from 1.

    Attributes:
        file: the file.
        columns: names in the file for those of `COLUMNS` that differ.
    """

    file: StoreFile
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: not a Parquet file, or one without the required columns.
        """
        with self.file.open() as entry:
            yield from in_batches(self._items(entry), entry)

    def _source(self) -> Path | bytes:
        """A Parquet file is read from its end, which a stream does not allow."""
        return Path(self.file.reference) if self.file.is_plain(PARQUET_MAGIC) else self.file.whole()

    def _items(self, entry: EntryStream) -> Iterator[StoredRow | StoreEvent]:
        bad = BadRows(entry)
        row = 0
        source = self._source()
        for frame in _slices(source, self.columns):
            for cells in frame.iter_rows():
                row += 1
                try:
                    yield stored_row(Cells._make(cells), record=f"row {row}")
                except StoreError as error:
                    yield from bad.report(f"row {row}", error.message)
        yield from bad.rest()
        yield from _others(source, self.columns).uncovered(entry.path)


def _slices(source: Path | bytes, columns: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    """Frames with all of `COLUMNS` in their order, "" for those that are missing."""
    try:
        table = pl.scan_parquet(source, glob=False)
        schema = table.collect_schema()
        wanted = table.select(
            _cells(column, None if at is None else schema.names()[at], schema)
            for column, at in zip(COLUMNS, positions(schema.names(), columns), strict=True)
        )
        start = 0
        while (frame := wanted.slice(start, BATCH_ROWS).collect()).height:
            yield frame
            start += BATCH_ROWS
    except (PolarsError, OSError, PanicException) as error:  # polars panics at some damaged files
        # Only the class of the error is reported: the library's message may quote the file.
        raise StoreError(f"not a sound Parquet file ({type(error).__name__})") from error


def _others(source: Path | bytes, columns: Mapping[str, str]) -> OtherColumns:
    """The content of the columns without a role."""
    others = OtherColumns()
    try:
        table = pl.scan_parquet(source, glob=False)
        names = table.collect_schema().names()
        for at in others_of(names, positions(names, columns)):
            start = 0
            while (part := table.select(names[at]).slice(start, BATCH_ROWS).collect().to_series()).len():
                start += BATCH_ROWS
                if part.dtype in {pl.String, pl.Binary}:
                    others.add_all(names[at], part.drop_nulls().to_list())
                elif part.dtype.is_nested() or part.dtype == pl.Object:
                    for cell in part.to_list():
                        others.add(names[at], cell)
    except (PolarsError, OSError, PanicException) as error:
        raise StoreError(f"not a sound Parquet file ({type(error).__name__})") from error  # as above
    return others


def _cells(column: str, name: str | None, schema: pl.Schema) -> pl.Expr:
    if name is None:
        return pl.lit("").alias(column)
    if column in _BYTES:
        if not isinstance(schema[name], pl.String | pl.Binary | pl.Null):
            raise StoreError(f"column {name!r} holds neither text nor bytes but {schema[name]}")
        return pl.col(name).cast(pl.Binary).fill_null(b"").alias(column)
    if schema[name].is_nested() or isinstance(schema[name], pl.Binary):
        raise StoreError(f"column {name!r} does not hold text but {schema[name]}")
    return pl.col(name).cast(pl.String).fill_null("").alias(column)
