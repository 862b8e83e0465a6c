"""`scan`: logs only, to findings."""

import gc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from audit.cli.display import Display
from audit.cli.options import Format, Jobs, Logs, Output, Quiet, ZipPassword, time_from_text, usage_errors
from audit.exit_codes import exit_code

if TYPE_CHECKING:  # what reads logs takes time to import
    from parsers.logs.reading import LogReading

System = Literal["cloudbees-cd", "octopus"]

_HOLES: Final = 10
"""Holes of a node that are named one by one; the rest is counted."""


def scan_command(
    logs: Logs,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=time_from_text,
            metavar="TIME",
            help="Leave out what was logged before: 2021-03-04, or 2021-03-04T05:06:07.089+01:00.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            parser=time_from_text,
            metavar="TIME",
            help="Leave out what was logged then or later.",
            show_default=False,
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE", help="Zone of times that have none, such as Europe/Berlin.", show_default=False
        ),
    ] = None,
    system: Annotated[
        System | None, typer.Option(help="Only this product's messages.", show_default=False)
    ] = None,
    phrases: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="More phrases to look for.", show_default=False),
    ] = None,
    zip_password: ZipPassword = None,
    by: Annotated[
        Literal["entry", "subject"],
        typer.Option(help="A row for each log entry, or for each subject: how often, when, on which nodes."),
    ] = "entry",
    jobs: Jobs = 0,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Spread the search over the Dask cluster whose scheduler is there: tcp://host:8786. Its "
            "workers open logs by the same paths or URLs; passwords are then paths or env:NAME.",
            show_default=False,
        ),
    ] = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Search log archives for entries that report unreadable secrets.

    Example: passkey-audit scan /opt/cloudbees/sda/logs support.zip --since 2021-03-01 --format csv
    """
    gc.set_threshold(100_000)  # findings stay: to look for garbage among them often would take a while
    # None of these brings polars, which would take as long as searching a gigabyte.
    from audit import ReadRequest, read
    from audit.cli.printing import print_table, print_unread, remark
    from audit.cli.questions import RESOLVER
    from audit.run.read import zone_of
    from parsers.logs.by_subject import NUMBERS, Appearance, by_subject
    from parsers.logs.finding import Finding
    from reports.row_table import RowTable

    request = ReadRequest(
        logs=logs,
        since=since,
        until=until,
        timezone=timezone,
        system=system,
        phrases=phrases,
        zip_passwords=zip_password or [],
        jobs=jobs,
        cluster=cluster,
    )
    with usage_errors():
        reading = read(request, resolver=RESOLVER, observer=Display(quiet=quiet))
    if by == "subject":
        table = RowTable(Appearance._fields, by_subject(reading.findings, zone_of(timezone)), NUMBERS)
    else:
        table = RowTable(Finding._fields, reading.findings, frozenset({"line"}))
    print_table(table, table_format, output)
    for line in _remarks(reading):
        remark(line, quiet=quiet)
    print_unread(reading.unread)
    if not reading.inputs and not reading.unread:
        remark(f"not read: no log was found in {', '.join(map(repr, logs))}")
    complete = not reading.unread and bool(reading.inputs)
    raise typer.Exit(exit_code(complete=complete, attention=bool(reading.findings)))


def _remarks(reading: "LogReading") -> Iterator[str]:
    """One line each, not yet made visible."""
    for span in reading.spans:
        node = span.node or "logs"
        yield f"{node} cover {span.first} to {span.last}, holes: {len(span.gaps)}"
        for begin, end in span.gaps[:_HOLES]:
            yield f"  nothing from {begin} to {end}"
        if len(span.gaps) > _HOLES:
            yield f"  and {len(span.gaps) - _HOLES} holes more"
    for upgrade in reading.upgrades:
        end = f"to {upgrade.end}" if upgrade.end else "with no start after it"
        where = f" on {upgrade.node}" if upgrade.node else ""
        version = f" from database version {upgrade.version}" if upgrade.version else ""
        yield f"upgrade{where}: {upgrade.begin} {end}{version}"
    for copy in reading.duplicates:
        yield f"counted once: {copy.findings} findings of {copy.source} are also elsewhere"
    for source, note in reading.notes:
        yield f"{source}: {note}"
