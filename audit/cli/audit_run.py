"""What `audit` and `demo` do alike: run, write the folder, say what came out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import typer

from audit.cli.candidate_keys import read_keys
from audit.cli.interruption import leaving_at_once
from audit.cli.printing import print_open_questions, print_unread, remark
from audit.cli.progress import shown
from audit.cli.reentered_printing import print_reentered
from audit.cli.references import processors, secrets_of, today
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.cli.summary_printing import print_summary
from audit.ignore_file import read_ignore_file
from audit.ignoring import ignore
from audit.key_rings import refuse_unknown_labels
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.owners import Owners, read_owners
from audit.products import every_product
from audit.reentered import reconcile, with_reentered
from audit.run_audit import Audited, Request, run_audit
from parsers.keys.key_file import KeyFile
from parsers.logs.reading import LogReading, read_logs
from parsers.logs.rotation_report import read_rotation_report
from parsers.progress import Progress
from parsers.secret import Secret
from parsers.unread import Unread
from reports.reentry_returned import read_returned_lists
from reports.run_folder import REPORT, prepare_run_folder, write_run_folder


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """The options of `audit`, as given."""

    logs: Sequence[str]
    stores: StoreOptions
    keys: Sequence[str]
    current: Sequence[str]
    owners: Path | None
    zip_passwords: Sequence[str]
    jobs: int
    quiet: bool
    layouts: Path | None = None
    ignore: Path | None = None
    anonymise: Path | None = None
    reentered: Path | None = None
    rotation_report: Path | None = None


def audit_into(out: Path, options: AuditOptions) -> int:
    """Audit, write the run folder `out`, print the summary; the exit code.

    Raises:
        ParsersError, AuditError, ReportsError: the run failed.
    """
    if options.anonymise and options.anonymise.resolve() == out.resolve():
        raise typer.BadParameter("name another folder than --out", param_hint="--anonymise")
    passwords = secrets_of(options.zip_passwords)
    keys = read_keys(options.keys, quiet=options.quiet)
    key_files = [each for each in keys if isinstance(each, KeyFile)]
    refuse_unknown_labels(key_files, options.current, every_product())
    stores = open_stores(options.stores, key_files)
    owners = read_owners(options.owners) if options.owners else Owners(())
    supplied = read_layouts(options.layouts) if options.layouts else NOTHING_SUPPLIED
    report = read_rotation_report(options.rotation_report) if options.rotation_report else None
    rules = read_ignore_file(options.ignore) if options.ignore else ()
    # Now, since the lists may lie in the run folder, which is about to be written anew.
    returned = read_returned_lists(options.reentered) if options.reentered else None
    prepare_run_folder(out)
    if options.anonymise:
        prepare_run_folder(options.anonymise)
    with shown(quiet=options.quiet) as progress:
        request = Request(
            read_logs=lambda: _read_logs(options, passwords, progress),
            stores=stores,
            keys=keys,
            current=options.current,
            owners=owners,
            supplied=supplied,
            rotation_report=report,
        )
        audited = run_audit(request, progress)
        audited = replace(audited, run=ignore(audited.run, rules, today()))
        reentered = None
        if returned:
            reentered = reconcile(returned, audited.run.credentials)
            audited = replace(audited, run=with_reentered(audited.run, reentered, returned))
        progress.working_on("writing the report")
        write_run_folder(out, audited.run, rotation_report=audited.product_report)
        if options.anonymise:
            from audit.anonymise.run import anonymised

            write_run_folder(options.anonymise, anonymised(audited.run))
    _say(audited, reentered, out, quiet=options.quiet)
    return audited.run.summary.exit_code


def _say(audited: Audited, reentered: pl.DataFrame | None, out: Path, *, quiet: bool) -> None:
    """What came out, on the terminal."""
    if not quiet:
        print_summary(audited)
        if reentered is not None:
            print_reentered(reentered)
    for each in audited.remarks:
        remark(each, quiet=quiet)
    print_open_questions(audited.run.summary.open_questions, quiet=quiet)
    print_unread(_unread(audited.run.unread.rows(named=True)))
    if not quiet:
        typer.echo(f"report: {out / REPORT}")


def _read_logs(options: AuditOptions, passwords: Sequence[Secret], progress: Progress) -> LogReading:
    with leaving_at_once():
        return read_logs(
            options.logs, jobs=options.jobs or processors(), passwords=passwords, progress=progress
        )


def _unread(rows: Sequence[dict[str, object]]) -> list[Unread]:
    return [Unread(**row) for row in rows]  # type: ignore[arg-type]  # the frame's schema is that of Unread
