"""What `reencrypt` does with its options: plan, ask, write, prove, tell."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from audit.cli.options import TableFormat
from audit.cli.printing import print_beside, print_table, print_unread, remark
from audit.cli.progress import shown
from audit.cli.references import read_keys
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.errors import ReencryptionError
from audit.exit_codes import exit_code
from audit.key_ring import make_key_ring
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.reencryption.despite import Despite
from audit.reencryption.guards import refuse_obstacles, refuse_rotation
from audit.reencryption.journal import journal_for_writing
from audit.reencryption.plan import Plan
from audit.reencryption.properties_file import RekeyedProperties, rekeyed_properties
from audit.reencryption.reencrypt import Reencrypted, reencrypt_in_place
from audit.reencryption.report import (
    PRODUCT_REPORT,
    REPORT,
    by_reason,
    in_words,
    make_report,
    needs_attention,
    proof_in_words,
)
from audit.reencryption.rewrite import Destination, reencrypt_out_of_place, refuse_place
from audit.reencryption.session import Session, SessionRequest, prepare
from audit.reencryption.steps import steps_after
from audit.reencryption.verified import verified
from audit.reencryption.ways_out import ways_out
from parsers.keys.key_file import KeyFile
from parsers.progress import Progress
from parsers.stores.in_place import roll_back_unfinished
from parsers.stores.interface import Store
from parsers.stores.mapping import DEFAULT_MAPPING, read_mapping
from parsers.unread import Unread
from reports.files import atomic_file
from reports.run_folder import JOURNAL, read_run_folder
from reports.terminal import visible


@dataclass(frozen=True, slots=True)
class ReencryptOptions:
    """The options of `reencrypt`, as given."""

    run: Path
    stores: StoreOptions
    keys: Sequence[str]
    to: str
    current: str | None
    apply: bool
    yes: bool
    journal: Path | None
    out: Path | None
    layouts: Path | None
    like: Sequence[str]
    also: Sequence[str]
    despite: Sequence[Despite]
    table_format: TableFormat
    output: Path | None
    quiet: bool


def reencrypt(options: ReencryptOptions) -> int:
    """Plan, and with `apply` carry it out; the exit code.

    Raises:
        ParsersError, AuditError, ReportsError: the run failed.
    """
    run = read_run_folder(options.run)
    keys = read_keys(options.keys)
    files = [each for each in keys if isinstance(each, KeyFile)]
    make_key_ring(files, current_label=options.to, seen=())  # a wrong label fails before all reading
    request = SessionRequest(
        run=run,
        stores=open_stores(options.stores, files),
        files=files,
        to=options.to,
        current=options.current,
        supplied=read_layouts(options.layouts) if options.layouts else NOTHING_SUPPLIED,
        also=options.also,
        like=open_stores(replace(options.stores, references=options.like, database_properties=()), files)
        if options.like
        else (),
    )
    if options.apply:
        for store in request.stores:
            roll_back_unfinished(store)  # what a killed run left, which nobody could read
    with shown(quiet=options.quiet) as progress:
        session = prepare(request, progress)
    unread = [*(each for each in keys if isinstance(each, Unread)), *session.reading.unread]
    _say(ways_out(session.judged, session.ring, session.plan.target), options)
    for each in session.plan.basis:
        remark(each, quiet=options.quiet)
    if options.apply and session.plan.planned:
        code = _apply(session, request, options)
    else:
        _print_plan(session.plan, options)
        _say(["nothing was written" + (": --apply does it" if session.plan.planned else "")], options)
        code = exit_code(complete=not unread, attention=needs_attention(session.plan))
    print_unread(unread)
    return code


def _apply(session: Session, request: SessionRequest, options: ReencryptOptions) -> int:
    for each in refuse_obstacles(session.obstacles, options.despite):
        remark(each, quiet=options.quiet)
    if session.in_place:
        refuse_rotation(session.plan, session.ring, session.reading, options.despite)
    properties = rekeyed_properties(
        options.stores.database_properties, session.ring, session.plan.target, options.out
    )
    destination = _destination(session, options, properties)
    _confirm(session, options)
    with shown(quiet=options.quiet) as progress:
        done = _carried_out(session, options, destination, progress)
        if properties and not done.faults:
            properties.write()
        afterwards = verified(done, session, request)
    report = make_report(afterwards)
    _write_report(options.run / REPORT, report.model_dump_json(indent=2) + "\n")
    if afterwards.product_report:
        _write_report(options.run / PRODUCT_REPORT, afterwards.product_report)
    _print_plan(done.plan, options)
    _say(proof_in_words(report), options)
    for each in report.faults:
        remark(f"error: {each}")
    if session.in_place and not report.faults:
        _say(_steps(session, options), options)
    return report.exit_code


def _carried_out(
    session: Session, options: ReencryptOptions, destination: Destination | None, progress: Progress
) -> Reencrypted:
    if destination is not None:
        ((store, rewriting),) = session.rewritings
        return reencrypt_out_of_place(session.plan, store, rewriting, destination, progress)
    path = options.journal or options.run / JOURNAL
    with ExitStack() as held:
        for _, writer in session.in_place:
            held.enter_context(writer.exclusively())
        journal = held.enter_context(journal_for_writing(path, session.plan.target.fingerprint))
        return reencrypt_in_place(session.plan, session.in_place, journal, progress, session.reading.unread)


def _destination(
    session: Session, options: ReencryptOptions, properties: RekeyedProperties | None
) -> Destination | None:
    """Where a file store is written anew; None for databases."""
    if not session.rewritings:
        return None
    if session.in_place or len(session.rewritings) > 1 or properties:
        raise ReencryptionError(
            "a file store is re-encrypted alone",
            hint="one command for it, with --out, and one for the others",
        )
    ((store, _),) = session.rewritings
    if options.out is None:
        raise typer.BadParameter(
            f"{store.label} is never changed in place: say where to write the new one", param_hint="--out"
        )
    refuse_place(store, options.out)
    return Destination(options.out, lambda path: _reopened(path, options.stores))


def _reopened(path: Path, options: StoreOptions) -> Store:
    (store,) = open_stores(replace(options, references=[str(path)], database_properties=()), ())
    return store


def _confirm(session: Session, options: ReencryptOptions) -> None:
    """Ask the person at the terminal, unless --yes was said."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise ReencryptionError("nobody can be asked: there is no terminal", hint="say --yes in scripts")
    count = sum(map(len, session.plan.planned.values()))
    places = ", ".join(session.plan.planned)
    question = f"Re-encrypt {count:,} values of {places} under {session.plan.target.label}?"
    typer.confirm(visible(question), abort=True, err=True)


def _print_plan(plan: Plan, options: ReencryptOptions) -> None:
    """Every value where the output is data; else the counts, and what people have to look at."""
    if options.table_format != "table" or options.output:
        print_table(plan.table, options.table_format, options.output)
    else:
        table = by_reason(plan)
        if table.height:
            print_table(table, options.table_format, None)
    _say(in_words(plan), options)


def _steps(session: Session, options: ReencryptOptions) -> Iterator[str]:
    mapping = read_mapping(options.stores.mapping) if options.stores.mapping else DEFAULT_MAPPING
    systems = session.plan.table["system"].unique().to_list()
    steps = steps_after(session.ring, session.plan.target, systems, session.reading.seen, mapping.history)
    return (f"{number:2}. {step}" for number, step in enumerate(steps, 1))


def _write_report(path: Path, text: str) -> None:
    with atomic_file(path) as file:
        file.write(text.encode())


def _say(lines: Iterable[str], options: ReencryptOptions) -> None:
    if not options.quiet:
        print_beside(lines, options.table_format, options.output)
