"""`scan`: logs only, to findings."""

import gc
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from audit.cli.options import Format, Jobs, Logs, Output, Quiet, ZipPassword, time_from_text
from audit.exit_codes import exit_code

System = Literal["cloudbees-cd", "octopus"]


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
    """Search log archives for entries that tell of unreadable secrets.

    Example: passkey-audit scan /opt/cloudbees/sda/logs support.zip --since 2021-03-01 --format csv
    """
    gc.set_threshold(100_000)  # findings stay: to look for garbage among them often would take a while
    # None of these brings polars, which would take as long as searching a gigabyte.
    from audit.cli.interruption import leaving_at_once
    from audit.cli.printing import print_table, print_unread, remark
    from audit.cli.progress import shown
    from audit.cli.references import processors, secrets_of, zone_of
    from audit.cli.scan_printing import remarks
    from parsers.logs.by_subject import NUMBERS, Appearance, by_subject
    from parsers.logs.finding import Finding
    from parsers.logs.period import Period
    from parsers.logs.phrases import DEFAULT, read_phrases
    from parsers.logs.reading import read_logs
    from reports.row_table import RowTable

    if cluster and jobs:
        raise typer.BadParameter("the cluster's workers have threads of their own", param_hint="--jobs")
    known = read_phrases(str(phrases)) if phrases else DEFAULT
    period = Period(since, until, zone_of(timezone))
    passwords = [] if cluster else secrets_of(zip_password)
    with shown(quiet=quiet) as progress, leaving_at_once():
        if cluster:
            from parsers.logs.dask_cluster import dask_executor
            from parsers.logs.reading_in_batches import read_logs_in_batches

            with dask_executor(cluster) as executor:
                reading = read_logs_in_batches(
                    logs,
                    executor,
                    phrases=known,
                    system=system,
                    period=period,
                    passwords=zip_password or (),
                    progress=progress,
                )
        else:
            reading = read_logs(
                logs,
                jobs=jobs or processors(),
                phrases=known,
                system=system,
                since=since,
                until=until,
                zone=period.zone,
                passwords=passwords,
                progress=progress,
            )
    if by == "subject":
        table = RowTable(Appearance._fields, by_subject(reading.findings, period.zone), NUMBERS)
    else:
        table = RowTable(Finding._fields, reading.findings, frozenset({"line"}))
    print_table(table, table_format, output)
    for line in remarks(reading):
        remark(line, quiet=quiet)
    print_unread(reading.unread)
    if not reading.inputs and not reading.unread:
        remark(f"not read: no log was found in {', '.join(map(repr, logs))}")
    complete = not reading.unread and bool(reading.inputs)
    raise typer.Exit(exit_code(complete=complete, attention=bool(reading.findings)))
