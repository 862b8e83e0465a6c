"""What commands print: tables to standard output, remarks to standard error."""

import sys
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import typer

from parsers.unread import Unread
from reports.tables import TableFormat, write_table
from reports.terminal import visible


def print_table(frame: pl.DataFrame, table_format: str, output: Path | None) -> None:
    """A frame in the format that the user asked for.

    Raises:
        OutputError: it cannot be written.
    """
    write_table(frame, TableFormat(table_format), output, sys.stdout)


def remark(text: str, *, quiet: bool = False) -> None:
    """One line to standard error, foreign text made visible."""
    if not quiet:
        typer.echo(visible(text), err=True)


def print_unread(unread: Iterable[Unread]) -> None:
    """What could not be read, a line each; never quiet, since the answer is partial."""
    for each in unread:
        where = f"{each.path}!/{each.member}" if each.member else each.path
        how_far = "partly read" if each.partial else "not read"
        remark(f"{how_far}: {where}: {each.reason}")
