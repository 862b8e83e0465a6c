"""Rows of Octopus' tables out of files: CSV, JSON, bare lines of bcp, Parquet."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from parsers.errors import StoreError
from parsers.octopus.stores.source import BLOB, ID, JSON, WANTED_COLUMNS
from parsers.stores.strict_json import json_object

MAX_LINE: Final = 64 << 20
"""Characters of a document in one line."""

TABLE: Final = "table"
"""A column that says which table a row is of."""

BARE_ROW: Final = re.compile(r"([\w.-]+)([\t,;|])(\{.*)", re.DOTALL)
# Accounts-1,{"Password":"…"}: what `bcp "SELECT Id,JSON FROM dbo.Account" queryout` writes
_FETCH: Final = 1_024

Cells = Mapping[str, str | bytes | None]
"""A row's values by column name without capitals."""


def csv_rows(text: io.TextIOWrapper) -> Iterator[Cells | str]:
    """Each row below the titles; a text says why one cannot be used.

    Raises:
        StoreError: what follows cannot be read.
    """
    # The module knows only this one limit, for everybody: it may grow, never shrink under a reader.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    first = text.readline(MAX_LINE)
    delimiter = delimiter_of(first)
    titles = [title.strip().casefold() for title in next(csv.reader([first], delimiter=delimiter), [])]
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) == len(titles):
                yield {name: _cell(name, cell) for name, cell in zip(titles, row, strict=True)}
            elif any(row):
                yield f"{len(row)} cells where the header has {len(titles)}"
    except csv.Error as error:
        raise StoreError(f"line {reader.line_num + 1}: {error}; what follows was not read") from error


def _cell(name: str, cell: str) -> str | bytes:
    """A `JSONBlob` is written as hexadecimal digits, with or without `0x`."""
    if name != BLOB:
        return cell
    try:
        return bytes.fromhex(cell.removeprefix("0x"))
    except ValueError:
        return b"no hexadecimal digits"  # which is not gzip either: the document's own fault tells it


def bare_rows(text: io.TextIOWrapper) -> Iterator[Cells | str]:
    """Each line, as `csv_rows`."""
    for line in _lines(text):
        found = BARE_ROW.fullmatch(line)
        yield {ID: found[1], JSON: found[3]} if found else "no id and JSON object"


def json_rows(text: io.TextIOWrapper) -> Iterator[Cells | str]:
    """Each object, as `csv_rows`."""
    for line in _objects(text):
        try:
            members = json_object(line)
        except StoreError as error:
            yield error.message
            continue
        yield {name.casefold(): _json_cell(name.casefold(), value) for name, value in members.items()}


def _json_cell(name: str, value: object) -> str | bytes | None:
    match value:
        case str() if name == BLOB:
            return _cell(name, value)
        case str():
            return value
        case dict() if name == JSON:  # JSON_QUERY leaves the document an object
            return json.dumps(value)
        case bool():
            return str(int(value))
        case _:
            return None


def _objects(text: io.TextIOWrapper) -> Iterator[str]:
    """Each line, or each object of an array, as `SELECT … FOR JSON` gives it, over whatever lines."""
    first = text.readline(MAX_LINE)
    if not first.lstrip().startswith("["):
        yield from _lines(text, first)
        return
    yield from _in_array(first.lstrip()[1:], text)


def _in_array(rest: str, text: io.TextIOWrapper) -> Iterator[str]:
    decoder = json.JSONDecoder()
    while True:
        rest = rest.lstrip().removeprefix(",").lstrip()
        if rest.startswith("]"):
            return
        try:
            _, end = decoder.raw_decode(rest)
        except RecursionError as error:
            raise StoreError("nested too deeply") from error
        except ValueError as error:
            more = text.read(max(1 << 16, len(rest)))
            if not more or len(rest) > MAX_LINE:
                raise StoreError("the array is cut off, or damaged; what follows was not read") from error
            # Line ends that a client puts into one long line of `FOR JSON` are not part of it.
            rest += more
            continue
        yield rest[:end]
        rest = rest[end:]


def _lines(text: io.TextIOWrapper, first: str = "") -> Iterator[str]:
    line = first or text.readline(MAX_LINE)
    while line:
        if len(line) == MAX_LINE:
            raise StoreError(f"a line of more than {MAX_LINE} characters; what follows was not read")
        if not line.isspace():
            yield line.rstrip("\r\n")
        line = text.readline(MAX_LINE)


def delimiter_of(header: str) -> str:
    """The one that a line of titles has most of."""
    return max(",;\t|", key=header.count)


def parquet_rows(source: Path | bytes) -> Iterator[Cells]:
    """Each row.

    Raises:
        StoreError: the file is not sound.
    """
    try:
        table = pl.scan_parquet(source, glob=False)
        columns = [
            each for each in table.collect_schema().names() if each.casefold() in {*WANTED_COLUMNS, TABLE}
        ]
        start = 0
        while (frame := table.select(columns).slice(start, _FETCH).collect()).height:
            start += _FETCH
            for values in frame.iter_rows(named=True):
                yield {each.casefold(): _parquet_cell(value) for each, value in values.items()}
    except (PolarsError, OSError, PanicException) as error:
        # Only the kind of the error is reported: the library's own text may quote what lies in the file.
        raise StoreError(f"not a sound Parquet file ({type(error).__name__})") from error


def _parquet_cell(value: object) -> str | bytes | None:
    return value if isinstance(value, str | bytes | None) else str(value)
