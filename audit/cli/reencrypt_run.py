"""What `reencrypt` does with its options: read, judge, plan, and with --apply carry it out."""

from collections.abc import Iterator
from dataclasses import replace

from audit.cli.candidate_keys import read_keys
from audit.cli.printing import print_unread, remark
from audit.cli.progress import shown
from audit.cli.reencrypt_apply import apply_session, properties_of, steps
from audit.cli.reencrypt_options import ReencryptOptions
from audit.cli.reencrypt_printing import print_plan, say
from audit.cli.stores_opening import open_stores
from audit.errors import ReencryptionError
from audit.exit_codes import exit_code
from audit.key_rings import refuse_unknown_labels
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.products import every_product
from audit.reencryption.rekeyed_file import RekeyedFile
from audit.reencryption.report import needs_attention
from audit.reencryption.session import Session, SessionRequest, in_the_way, prepare
from audit.reencryption.state import State
from audit.reencryption.ways_out import ways_out
from parsers.keys.key_file import KeyFile
from parsers.stores.in_place import in_place, roll_back_unfinished
from parsers.unread import Unread
from reports.run_folder import read_run_folder


def reencrypt(options: ReencryptOptions) -> int:
    """Plan, and with `apply` carry it out; the exit code.

    Raises:
        ParsersError, AuditError, ReportsError: the run failed.
    """
    run = read_run_folder(options.run)
    keys = read_keys(options.keys)
    files = [each for each in keys if isinstance(each, KeyFile)]
    refuse_unknown_labels(files, [options.to], every_product())
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
    say(_ways_out(session), options)
    for each in session.plan.basis:
        remark(each, quiet=options.quiet)
    properties = _properties(session, options)
    if options.apply and (session.plan.planned or properties):
        code = apply_session(session, request, properties, options, complete=not unread)
    else:
        if not options.apply:
            for each in in_the_way(session, options.despite):
                remark(each, quiet=options.quiet)
        print_plan(session.plan, options)
        say(["nothing was written" + ("" if options.apply else ": --apply does it")], options)
        if options.apply and _done_before(session, request):
            say(steps(session, options), options)
        code = exit_code(complete=not unread, attention=needs_attention(session.plan))
    print_unread(unread)
    return code


def _done_before(session: Session, request: SessionRequest) -> bool:
    """Whether an earlier run did it all, perhaps killed before it could tell what comes next."""
    counts = session.plan.counts()
    done = State.ALREADY in counts and State.REFUSED not in counts
    return done and any(in_place(store) is not None for store in request.stores)


def _properties(session: Session, options: ReencryptOptions) -> RekeyedFile | None:
    """As `properties_of`; what stands in its way is only told while nothing is to be written."""
    try:
        return properties_of(session, options)
    except ReencryptionError as error:
        if options.apply:
            raise
        remark(f"{error.message}; {error.hint}", quiet=options.quiet)
        return None


def _ways_out(session: Session) -> Iterator[str]:
    planned = sum(map(len, session.plan.planned.values()))
    plan, elsewhere = session.plan, session.elsewhere
    yield from ways_out(session.judged, session.ring, plan.target, planned=planned, elsewhere=elsewhere)
    for title, count in session.left_alone.items():
        yield f"{count} values of {title} are left alone: {session.plan.target.label} is no key of theirs"
