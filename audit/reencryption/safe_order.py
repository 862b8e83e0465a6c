"""A re-encryption from end to end, in the order that makes writing safe.

1. Check everything that could stop it, while there is nothing to put back.
2. Ask a person.
3. Lock the stores, check again (reading took time, and so did the answer), open the journal, write, prove.
4. Only then write the file that names the new key: until the values are proven to open under it, a server
   that starts with it would open nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from audit.errors import ReencryptionError, RequestError
from audit.keys.key_rings import labels_of, refuse_unknown_labels
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.product import KeyChange, RekeyedFile
from audit.products import every_product
from audit.reencryption.advice import options_summary, steps_after
from audit.reencryption.guards import StoreObstacles, refuse_obstacles, refuse_places, refuse_rotation
from audit.reencryption.journal import journal_for_writing
from audit.reencryption.plan import Plan
from audit.reencryption.reaudit import reaudit
from audit.reencryption.report import (
    PRODUCT_REPORT,
    REPORT,
    ReencryptionReport,
    make_report,
)
from audit.reencryption.request import (
    Confirm,
    Question,
    Reencryption,
    ReencryptionObserver,
    ReencryptionRequest,
)
from audit.reencryption.rewrite import Destination, reencrypt_out_of_place, refuse_place
from audit.reencryption.session import Session, SessionRequest, blockers, plan_session
from audit.reencryption.state import State
from audit.reencryption.write_and_prove import PlanOutcome, reencrypt_in_place
from audit.run.observer import SilentObserver
from audit.run.references import NOBODY, Resolver
from audit.run.stores import StoreOpener, product_of_connection_file
from parsers.keys.key_file import KeyFile
from parsers.progress import Progress
from parsers.stores.open_for_writing import in_place_writer, roll_back_unfinished
from parsers.unread import Unread
from reports.files import atomic_file
from reports.run_folder import JOURNAL, read_run_folder


class _Unobserved(SilentObserver):
    def say(self, lines: Iterable[str]) -> None: ...

    def show(self, plan: Plan) -> None: ...

    def prove(self, report: ReencryptionReport) -> None: ...


def reencrypt(
    request: ReencryptionRequest,
    *,
    confirm: Confirm | None = None,
    resolver: Resolver = NOBODY,
    observer: ReencryptionObserver | None = None,
) -> Reencryption:
    """Make everything that opens under another key open under `request.to`.

    The stores are read, judged and planned. Then, if `confirm` agrees: they are locked and checked again for
    sessions, every value is recorded in the journal before it is written, and everything is read again over
    new connections and proven; a store for which the proof fails is put back as a whole. File stores are
    written anew at `request.out` instead.

    Args:
        request: the stores, the keys, the target.
        confirm: asked once everything is known; without it nothing is written, only planned.
        resolver: resolves references to keys and passwords.
        observer: follows the progress.

    Raises:
        RequestError: no store is named, or a file store has no `out`.
        ReencryptionError: it must not begin; nothing was written.
        ParsersError, AuditError, ReportsError: nothing was written, or (of the reports) what was written is
            in the journal. A fault of a store in the middle of writing is no exception: it is in the report.
    """
    return _Run(request, resolver, observer or _Unobserved()).to_its_end(confirm)


class _Run:
    """One run: the request, and everything known once the stores are read and planned."""

    def __init__(
        self, request: ReencryptionRequest, resolver: Resolver, observer: ReencryptionObserver
    ) -> None:
        self._request = request
        self._observer = observer
        run = read_run_folder(request.run)
        keys = resolver.keys(request.keys, observer.remark)
        files = [each for each in keys if isinstance(each, KeyFile)]
        refuse_unknown_labels(files, [request.to], every_product())
        self._opener = StoreOpener(request.stores, files, resolver)
        self._wanted = SessionRequest(
            run=run,
            stores=self._opener.open_all(),
            files=files,
            to=request.to,
            current=labels_of(request.current),
            supplied=read_layouts(request.layouts) if request.layouts else NOTHING_SUPPLIED,
            also=request.also,
            like=[self._opener.open(each) for each in request.like],
        )
        self._unread = [each for each in keys if isinstance(each, Unread)]

    def to_its_end(self, confirm: Confirm | None) -> Reencryption:
        if confirm is not None:
            for store in self._wanted.stores:
                roll_back_unfinished(
                    store
                )  # a killed run may have left a hot journal: then nothing is readable
        with self._observer.working() as progress:
            session = plan_session(self._wanted, progress)
        self._unread += session.reading.unread
        self._observer.say(_options(session))
        for each in session.plan.basis:
            self._observer.remark(each)
        properties = self._properties(session, writing=confirm is not None)
        if confirm is not None and (session.plan.planned or properties):
            return self._carry_out(session, properties, confirm)
        if confirm is None:
            for each in blockers(session, self._request.despite):
                self._observer.remark(each)
        self._observer.show(session.plan)
        done_before = confirm is not None and self._done_before(session)
        return self._nothing_written(session, self._steps(session) if done_before else ())

    def _properties(self, session: Session, *, writing: bool) -> RekeyedFile | None:
        """The product's own file whose password is to open under the target key too, if there is one.

        Where the target is another product's key, the file stays what it is, as that product's values do.
        An obstacle is only reported while nothing is to be written.
        """
        connection = session.ring.product.connection
        if connection is None:
            return None
        established = session.examined.discovered.established
        layouts = [form for each in established for one in each.alike for form in (one.layout, *one.same_as)]
        paths = [
            path
            for path in self._request.stores.database_properties
            if product_of_connection_file(path)[0] is session.ring.product
        ]
        try:
            return connection.rekeyed(paths, session.ring, session.plan.target, self._request.out, layouts)
        except ReencryptionError as error:
            if writing:
                raise
            self._observer.remark(f"{error.message}; {error.hint}")
            return None

    def _carry_out(self, session: Session, properties: RekeyedFile | None, confirm: Confirm) -> Reencryption:
        """Guard, ask, write, prove, report; in this order, for each step rests on those before it."""
        # 1. Check whatever could stop it, while there is nothing to put back.
        for each in refuse_obstacles(session.obstacles, self._request.despite):
            self._observer.remark(each)
        if session.in_place:
            refuse_rotation(session.plan, session.ring, session.reading, self._request.despite)
        destination = self._destination(session, properties)
        refuse_places(self._output_files(properties), self._needed())
        # 2. A person says yes.
        if not confirm(_question(session, properties)):
            return self._nothing_written(session, ())
        # 3. Locked, checked again, journalled, written, read again.
        with self._observer.working() as progress:
            done = self._write(session, destination, progress)
            afterwards = reaudit(done, session, self._wanted, complete=not self._unread)
        report = make_report(afterwards)
        # 4. The properties file names the new key: only once the values are proven to open under it.
        try:
            if properties and not report.faults:
                properties.write()
                self._observer.say([f"{properties.secret} opens under {report.target} in {properties.out}"])
            _write_text(self._request.run / REPORT, report.model_dump_json(indent=2) + "\n")
            if afterwards.product_report:
                _write_text(self._request.run / PRODUCT_REPORT, afterwards.product_report)
            self._observer.show(done.plan)
        finally:  # even if a file cannot be written, report what was done to the stores
            self._observer.prove(report)
        in_use = destination is None and not report.faults  # no server uses the new file yet
        return Reencryption(done.plan, report, self._steps(session) if in_use else (), self._unread)

    def _nothing_written(self, session: Session, steps: Sequence[str]) -> Reencryption:
        return Reencryption(session.plan, None, steps, self._unread)

    def _write(self, session: Session, destination: Destination | None, progress: Progress) -> PlanOutcome:
        if destination is not None:
            ((store, rewriting),) = session.rewritings
            return reencrypt_out_of_place(session.plan, store, rewriting, destination, progress)
        if not session.in_place:  # the database's own password is all there is to do
            return PlanOutcome(session.plan, {}, (), ())
        with ExitStack() as held:
            for _, writer in session.in_place:
                held.enter_context(writer.exclusively())
            # Reading took time, and so did the answer to the question: are there sessions now?
            there = [
                StoreObstacles(writer.label, list(writer.blockers(()))) for _, writer in session.in_place
            ]
            refuse_obstacles(there, self._request.despite)
            # Only now: a run that is refused must leave no journal, nor cut off another run's last line.
            journal = held.enter_context(journal_for_writing(self._journal, session.plan.target.fingerprint))
            return reencrypt_in_place(
                session.plan, session.in_place, journal, progress, session.reading.unread
            )

    @property
    def _journal(self) -> Path:
        return self._request.journal or self._request.run / JOURNAL

    def _destination(self, session: Session, properties: RekeyedFile | None) -> Destination | None:
        """Where a file store is written anew; None for databases."""
        if not session.rewritings:
            return None
        if session.in_place or len(session.rewritings) > 1 or properties:
            raise ReencryptionError(
                "a file store is re-encrypted alone",
                hint="one command for it, with --out, and one for the others",
            )
        ((store, _),) = session.rewritings
        out = self._request.out
        if out is None:
            raise RequestError(
                f"{store.label} is never changed in place: say where to write the new one", field="out"
            )
        refuse_place(store, out)
        return Destination(out, lambda path: self._opener.open(str(path)))

    def _output_files(self, properties: RekeyedFile | None) -> list[Path]:
        """Files that are written once the stores are changed."""
        reports = [self._request.run / REPORT, self._request.run / PRODUCT_REPORT]
        return [*reports, *self._request.written_after, *([properties.out] if properties else [])]

    def _needed(self) -> list[str | Path]:
        """Files that none of them may replace."""
        stores = [*self._wanted.stores, *self._wanted.like]
        labels = [*(store.label for store in stores), *(key.reference for key in self._wanted.files)]
        return [*labels, *self._request.stores.database_properties, self._journal]

    def _done_before(self, session: Session) -> bool:
        """Whether an earlier run did it all, and was perhaps killed before it could print the next steps."""
        counts = session.plan.counts()
        done = State.ALREADY in counts and State.REFUSED not in counts
        return done and any(in_place_writer(store) is not None for store in self._wanted.stores)

    def _steps(self, session: Session) -> tuple[str, ...]:
        history = self._opener.mapping.history
        return tuple(steps_after(KeyChange(session.ring, session.plan.target, session.reading.seen, history)))


def _options(session: Session) -> Iterator[str]:
    plan, planned = session.plan, sum(map(len, session.plan.planned.values()))
    yield from options_summary(
        session.judged, session.ring, plan.target, planned=planned, elsewhere=session.elsewhere
    )
    for title, count in session.left_alone.items():
        yield f"{count} values of {title} are left alone: {plan.target.label} is not a key of theirs"


def _question(session: Session, properties: RekeyedFile | None) -> Question:
    return Question(
        values=sum(map(len, session.plan.planned.values())),
        places=[*session.plan.planned, *([str(properties.out)] if properties else [])],
        target=session.plan.target.label,
    )


def _write_text(path: Path, text: str) -> None:
    with atomic_file(path) as file:
        file.write(text.encode())
