"""Printing: tables to standard output, remarks to standard error."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from parsers.unread import Unread
from reports.errors import OutputError
from reports.tables import TableFormat, write_table
from reports.terminal import visible
from reports.wording import question_in_words, settling_steps

if TYPE_CHECKING:
    from reports.summary import OpenQuestion
    from reports.tables import Content


def print_table(content: "Content", table_format: str, output: Path | None) -> None:
    """A table in the format that the user asked for.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        write_table(content, TableFormat(table_format), output, sys.stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"cannot write standard output: {reason}", hint="name a file with -o") from error


def print_lines(lines: Iterable[str], table_format: str, output: Path | None) -> None:
    """Lines for people next to a table: on standard output, or on standard error where that is data."""
    is_data = output is None and TableFormat(table_format) is not TableFormat.TABLE
    for line in lines:
        typer.echo(visible(line), err=is_data)


def remark(text: str, *, quiet: bool = False) -> None:
    """One line to standard error, foreign text made visible."""
    if not quiet:
        typer.echo(visible(text), err=True)


def print_unread(unread: Iterable[Unread]) -> None:
    """The inputs that could not be read, a line each; even with --quiet, since the answer is partial."""
    for each in unread:
        where = f"{each.path}!/{each.member}" if each.member else each.path
        how_far = "partly read" if each.partial else "not read"
        remark(f"{how_far}: {where}: {each.reason}")


def print_open_questions(questions: "Iterable[OpenQuestion]", *, quiet: bool) -> None:
    """What one known text would settle, and how, on standard error."""
    for question in questions:
        remark(question_in_words(question), quiet=quiet)
        for number, (sentence, command) in enumerate(settling_steps(question), start=1):
            remark(f"  {number}. {sentence}{':' if command else ''}", quiet=quiet)
            for line in command.splitlines():
                remark(f"       {line}", quiet=quiet)
