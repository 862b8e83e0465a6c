"""`audit`: logs, stores and keys to verdicts and a run folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.display import Display
from audit.cli.options import (
    Columns,
    Current,
    DatabasePassword,
    DatabaseProperties,
    Ignore,
    Jobs,
    Keys,
    LayoutsFile,
    MappingFile,
    OptionalLogs,
    Owners,
    Quiet,
    Reentered,
    RotationReport,
    Stores,
    ZipPassword,
    usage_errors,
)

if TYPE_CHECKING:  # what an audit needs takes time to import
    import polars as pl

    from audit.run.audit import AuditRequest
    from reports.run import Run
    from reports.summary import Disagreements, SpanSummary


def audit_command(
    key: Keys,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The run folder to write.", show_default=False)],
    logs: OptionalLogs = None,
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    mapping: MappingFile = None,
    column: Columns = None,
    current: Current = None,
    layouts: LayoutsFile = None,
    owners: Owners = None,
    ignore: Ignore = None,
    reentered: Reentered = None,
    rotation_report: RotationReport = None,
    zip_password: ZipPassword = None,
    anonymise: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a second run folder with made-up names, to hand to a vendor's support.",
            show_default=False,
        ),
    ] = None,
    jobs: Jobs = 0,
    quiet: Quiet = False,
) -> None:
    """Test-decrypt every stored credential under all candidate keys, and write the report.

    Example: passkey-audit audit logs/ --store export.xml --key conf/passkey --key old=backup/passkey
    --owners owners.csv --out run/
    """
    from audit import AuditRequest, StoreOptions

    request = AuditRequest(
        out=out,
        stores=StoreOptions(
            references=store or [],
            database_properties=database_properties or [],
            database_password=database_password,
            mapping=mapping,
            columns=column or [],
        ),
        keys=key,
        logs=logs or [],
        current=current or [],
        owners=owners,
        layouts=layouts,
        ignore=ignore,
        reentered=reentered,
        rotation_report=rotation_report,
        zip_passwords=zip_password or [],
        anonymise=anonymise,
        jobs=jobs,
    )
    raise typer.Exit(audit_and_print(request, quiet=quiet))


def audit_and_print(request: "AuditRequest", *, quiet: bool) -> int:
    """Audit, and print the result; the exit code.

    Raises:
        BadParameter, ParsersError, AuditError, ReportsError: as `audit`.
    """
    from audit import audit
    from audit.cli.printing import print_open_questions, print_unread, remark
    from audit.cli.questions import RESOLVER
    from parsers.unread import Unread
    from reports.run_folder import REPORT

    with usage_errors():
        audited = audit(request, resolver=RESOLVER, observer=Display(quiet=quiet))
    if not quiet:
        _print_summary(audited.run)
        if audited.reentered is not None:
            _print_reentered(audited.reentered)
    for each in audited.remarks:
        remark(each, quiet=quiet)
    print_open_questions(audited.run.summary.open_questions, quiet=quiet)
    print_unread(Unread(**row) for row in audited.run.unread.rows(named=True))  # the frame's schema is its
    if not quiet:
        typer.echo(f"report: {request.out / REPORT}")
    return audited.exit_code


def _print_summary(run: "Run") -> None:
    """How many of which verdict, who must act, which key is missing."""
    import polars as pl

    from audit.verdict import Verdict
    from reports.tables import TableFormat, write_table
    from reports.terminal import visible

    summary = run.summary
    rows = [
        {"verdict": verdict, "credentials": count, "action": Verdict(verdict).action.value}
        for verdict, count in summary.verdicts.items()
    ]
    schema = {"verdict": pl.String, "credentials": pl.Int64, "action": pl.String}
    write_table(pl.DataFrame(rows, schema=schema), TableFormat.TABLE, None, sys.stdout)
    typer.echo(f"{summary.total} stored values; the verdicts add up")
    for key in summary.keys:
        typer.echo(visible(f"key {key.label}: opens {key.opens}{', current' if key.current else ''}"))
        if key.remark:
            typer.echo(visible(f"key {key.label}: {key.remark}"))
    for missing in summary.missing_keys:
        saves = f"would save up to {missing.saves_up_to} from re-entry; " if missing.saves_up_to else ""
        typer.echo(visible(f"missing key {missing.fingerprint}: {saves}{missing.advice}"))
    for team, count in _teams(run.credentials):
        typer.echo(visible(f"{team}: {count} to re-enter"))
    for rule in summary.ignored:
        effect = "expired, ignores nothing" if rule.expired else f"ignores {rule.credentials}"
        typer.echo(visible(f"ignore rule {rule.pattern}, until {rule.expires}: {effect}"))
    found = sum(summary.findings.values())
    if found or any(each.lines is not None for each in summary.inputs):
        typer.echo(f"{found} log entries and places report it")
    if summary.disagreements:
        _print_disagreements(summary.disagreements, summary.span)


def _print_disagreements(counts: "Disagreements", span: "SpanSummary") -> None:
    """Where logs and store contradict each other; the logs' span bounds what their silence means."""
    covered = f" ({span.first[:10]} to {span.last[:10]})" if span.first else ""
    for count, what in (
        (counts.logged_but_opens, "reported in the logs, but open today: entered again or restored"),
        (
            counts.lost_but_not_logged,
            f"lost or damaged, but never logged{covered}: will fail at their next use",
        ),
        (
            counts.logged_but_not_stored,
            "reported in the logs, but in no store: deleted, renamed, or elsewhere",
        ),
    ):
        if count:
            typer.echo(f"logs against store: {count} {what}")


def _teams(credentials: "pl.DataFrame") -> list[tuple[str, int]]:
    import polars as pl

    from audit.verdict import Action

    lost = credentials.filter(pl.col("action") == Action.RE_ENTER)
    return lost["owner"].value_counts(sort=True).sort("count", "owner", descending=[True, False]).rows()


def _print_reentered(table: "pl.DataFrame") -> None:
    """Counts for each team, then the secrets that are ticked but cannot be opened.

    Args:
        table: from `audit.run.reentered.reconcile`.
    """
    import polars as pl

    from audit.run.reentered import CLAIMED_IN_VAIN, ReentryState
    from reports.tables import TableFormat, write_table

    counts = [(pl.col("state") == state.value).sum().alias(state.value) for state in ReentryState]
    typer.echo("entered again, by team:")
    write_table(table.group_by("team").agg(counts).sort("team"), TableFormat.TABLE, None, sys.stdout)
    in_vain = table.filter(pl.col("state").is_in([state.value for state in CLAIMED_IN_VAIN]))
    if in_vain.height:
        typer.echo("ticked, but cannot be opened:")
        columns = ("state", "team", "system", "location", "verdict", "done", "list")
        write_table(in_vain.select(columns), TableFormat.TABLE, None, sys.stdout)
