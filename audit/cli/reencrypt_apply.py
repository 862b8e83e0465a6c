"""What `reencrypt --apply` does: guard, ask, write, prove, tell."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import typer

from audit.cli.interruption import heed_at_questions
from audit.cli.printing import remark
from audit.cli.progress import shown
from audit.cli.reencrypt_options import ReencryptOptions
from audit.cli.reencrypt_places import refuse_places
from audit.cli.reencrypt_printing import print_plan, say
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.errors import ReencryptionError
from audit.product import Rekeyed
from audit.reencryption.guards import StoreObstacles, refuse_obstacles, refuse_rotation
from audit.reencryption.journal import journal_for_writing
from audit.reencryption.reencrypt import Reencrypted, reencrypt_in_place
from audit.reencryption.rekeyed_file import RekeyedFile
from audit.reencryption.report import PRODUCT_REPORT, REPORT, make_report, proof_in_words
from audit.reencryption.rewrite import Destination, reencrypt_out_of_place, refuse_place
from audit.reencryption.session import Session, SessionRequest
from audit.reencryption.steps import steps_after
from audit.reencryption.verified import verified
from parsers.progress import Progress
from parsers.stores.interface import Store
from parsers.stores.mapping import DEFAULT_MAPPING, read_mapping
from reports.files import atomic_file
from reports.run_folder import JOURNAL
from reports.terminal import visible


def properties_of(session: Session, options: ReencryptOptions) -> RekeyedFile | None:
    """The product's own file whose password is to open under the target key too, if there is one.

    Where the target is another product's key, the file stays what it is, as that product's values do.

    Raises:
        ReencryptionError: it has no place to go to, or cannot be re-keyed.
    """
    connection = session.ring.product.connection
    if connection is None:
        return None
    layouts = [
        layout
        for each in session.examined.discovered.established
        for one in each.alike
        for layout in (one.layout, *one.same_as)
    ]
    return connection.rekeyed(
        options.stores.database_properties, session.ring, session.plan.target, options.out, layouts
    )


def apply_session(
    session: Session,
    request: SessionRequest,
    properties: RekeyedFile | None,
    options: ReencryptOptions,
    *,
    complete: bool,
) -> int:
    """Carry the plan out; the exit code.

    Raises:
        ParsersError, AuditError, ReportsError: nothing was written, or (of the reports) what was written is
            in the journal.
    """
    for each in refuse_obstacles(session.obstacles, options.despite):
        remark(each, quiet=options.quiet)
    if session.in_place:
        refuse_rotation(session.plan, session.ring, session.reading, options.despite)
    destination = _destination(session, options, properties)
    refuse_places(_written(options, properties), _needed(request, options))
    _confirm(session, properties, options)
    with shown(quiet=options.quiet) as progress:
        done = _carried_out(session, options, destination, progress)
        afterwards = verified(done, session, request, complete=complete)
    report = make_report(afterwards)
    try:
        if properties and not report.faults:
            properties.write()
            say([f"{properties.secret} opens under {report.target} in {properties.out}"], options)
        _write(options.run / REPORT, report.model_dump_json(indent=2) + "\n")
        if afterwards.product_report:
            _write(options.run / PRODUCT_REPORT, afterwards.product_report)
        print_plan(done.plan, options)
    finally:  # whatever becomes of files, what was done to the stores is told
        say(proof_in_words(report), options)
        for fault in report.faults:
            remark(f"error: {fault}")
    if destination is None and not report.faults:
        say(steps(session, options), options)
    return report.exit_code


def _written(options: ReencryptOptions, properties: RekeyedFile | None) -> list[Path]:
    """Files that come about once the stores are changed."""
    reports = [options.run / REPORT, options.run / PRODUCT_REPORT]
    named = [*([options.output] if options.output else []), *([properties.out] if properties else [])]
    return [*reports, *named]


def _needed(request: SessionRequest, options: ReencryptOptions) -> list[str | Path]:
    """What none of them may replace."""
    stores = [*request.stores, *request.like]
    labels = [*(store.label for store in stores), *(key.reference for key in request.files)]
    return [*labels, *options.stores.database_properties, _journal(options)]


def _journal(options: ReencryptOptions) -> Path:
    return options.journal or options.run / JOURNAL


def _carried_out(
    session: Session, options: ReencryptOptions, destination: Destination | None, progress: Progress
) -> Reencrypted:
    if destination is not None:
        ((store, rewriting),) = session.rewritings
        return reencrypt_out_of_place(session.plan, store, rewriting, destination, progress)
    if not session.in_place:  # the database's own password is all there is to do
        return Reencrypted(session.plan, {}, (), ())
    with ExitStack() as held:
        for _, writer in session.in_place:
            held.enter_context(writer.exclusively())
        # Reading took its time, and so did the answer to the question: is anybody there now?
        there = [StoreObstacles(writer.label, list(writer.obstacles(()))) for _, writer in session.in_place]
        refuse_obstacles(there, options.despite)
        journal = held.enter_context(journal_for_writing(_journal(options), session.plan.target.fingerprint))
        return reencrypt_in_place(session.plan, session.in_place, journal, progress, session.reading.unread)


def _destination(
    session: Session, options: ReencryptOptions, properties: RekeyedFile | None
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


def _confirm(session: Session, properties: RekeyedFile | None, options: ReencryptOptions) -> None:
    """Ask the person at the terminal, unless --yes was said."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise ReencryptionError("nobody can be asked: there is no terminal", hint="say --yes in scripts")
    count = sum(map(len, session.plan.planned.values()))
    places = ", ".join([*session.plan.planned, *([str(properties.out)] if properties else [])])
    question = f"Re-encrypt {count:,} values of {places} under {session.plan.target.label}?"
    heed_at_questions()
    typer.confirm(visible(question), abort=True, err=True)


def steps(session: Session, options: ReencryptOptions) -> Iterator[str]:
    """What people have to do once everything opens under the target key, numbered."""
    mapping = read_mapping(options.stores.mapping) if options.stores.mapping else DEFAULT_MAPPING
    rekeyed = Rekeyed(session.ring, session.plan.target, session.reading.seen, mapping.history)
    found = steps_after(rekeyed)
    return (f"{number:2}. {step}" for number, step in enumerate(found, 1))


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as file:
        file.write(text.encode())
