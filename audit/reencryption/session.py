"""Everything that is known before a value is written: the stores read, judged, planned, and asked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from audit.errors import ReencryptionError
from audit.examine import Examined
from audit.key_ring import Key, KeyRing
from audit.layouts.user_supplied import Supplied
from audit.reencryption.despite import Despite
from audit.reencryption.guards import StoreObstacles, refuse_obstacles, refuse_rotation
from audit.reencryption.lasting_name import lasting_name
from audit.reencryption.make_plan import Wanted, make_plan, values_of
from audit.reencryption.password_check import checks_for
from audit.reencryption.plan import Plan
from audit.reencryption.target import Layouts, layouts_for
from audit.run_audit import examine_each_product, ring_for
from audit.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile
from parsers.progress import Progress
from parsers.stores.change import Change, Hindrance, InPlace, Obstacle, Rewriting
from parsers.stores.in_place import in_place
from parsers.stores.interface import Store
from parsers.stores.rewriting.out_of_place import out_of_place
from reports.run import Run
from reports.summary import KeySummary

_NO_WRITER = "this kind of store can be read, and not written"


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What is wanted.

    Attributes:
        run: the audit that it rests on.
        stores: those that were audited.
        files: the candidate keys.
        to: label of the key under which everything is to open.
        supplied: layouts beside the known ones.
        also: locations of values that are taken though their opening is not sure.
        like: stores of the server that uses the target key: only read, for how its values are written.
        current: label of the key that the server uses now, if the user said; else the run knows it.
    """

    run: Run
    stores: Sequence[Store]
    files: Sequence[KeyFile]
    to: str
    supplied: Supplied
    also: Sequence[str] = ()
    like: Sequence[Store] = ()
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What is known before anything is written.

    Attributes:
        plan: what becomes of every value.
        ring: the candidate keys.
        reading: the stores.
        examined: their values judged.
        in_place: stores with something planned that are changed where they lie.
        rewritings: file stores with something planned, their values found.
        obstacles: what stands in the way, by store.
    """

    plan: Plan
    ring: KeyRing
    reading: StoresReading = field(repr=False)
    examined: Sequence[Examined] = field(repr=False)
    in_place: Sequence[tuple[Store, InPlace]]
    rewritings: Sequence[tuple[Store, Rewriting]]
    obstacles: Sequence[StoreObstacles]

    @property
    def judged(self) -> pl.DataFrame:
        """All values with their verdicts."""
        return pl.concat([each.frame for each in self.examined])


def prepare(request: SessionRequest, progress: Progress) -> Session:
    """Read, judge and plan; rights to read are enough, and nothing is written.

    Raises:
        KeyRingError: no key is labelled as `to` says.
        ReencryptionError: a store is named twice, holds nothing, or is not the one of the run.
        StoreError, ArchiveError: a store cannot be asked.
    """
    names = {lasting_name(store.label) for store in request.stores}
    if len(names) < len(request.stores):
        raise ReencryptionError("a store is named twice", hint="name each once")
    reading = read_stores(request.stores, progress)
    current = request.current or _current(request.run.summary.keys, request.files)
    ring = ring_for(reading, request.files, current)
    target = _target(ring, request.to)
    examined = examine_each_product(reading, ring, request.supplied)
    if not examined:
        why = "; ".join(f"{each.path}: {each.reason}" for each in reading.unread[:3])
        raise ReencryptionError(f"nothing could be read: {why}")
    layouts = _layouts_like(request, ring, target, progress) if request.like else {}
    wanted = Wanted(request.run, target, ring, request.supplied, request.also, layouts)
    plan = make_plan(wanted, reading, examined)
    _refuse_same_key(plan, target)
    return _asked(request.stores, Session(plan, ring, reading, examined, (), (), ()))


def in_the_way(session: Session, despite: Collection[Despite]) -> Iterator[str]:
    """What would be said of the stores before anything is written, or would stop that, a sentence each."""
    try:
        yield from refuse_obstacles(session.obstacles, despite)
        if session.in_place:
            refuse_rotation(session.plan, session.ring, session.reading, despite)
    except ReencryptionError as error:
        yield f"as things are, nothing would be written: {error.message}; {error.hint}"


def _current(keys: Sequence[KeySummary], files: Sequence[KeyFile]) -> str | None:
    """The label now of the key that was current in the run, if it is among the candidates."""
    then = {key.fingerprint for key in keys if key.current}
    return next((file.label for file in files if file.fingerprint in then), None)


def _target(ring: KeyRing, label: str) -> Key:
    target = ring.find(label)
    if target is None:
        labels = ", ".join(key.label for key in ring.keys)
        raise ReencryptionError(f"no key is labelled {label!r}", hint=f"labels: {labels}")
    return ring.opens_as(target)  # two files of one key are one target


def _layouts_like(
    request: SessionRequest, ring: KeyRing, target: Key, progress: Progress
) -> dict[str, Layouts]:
    """How values under `target` are written, by product, where the stores beside show it."""
    reading = read_stores([*request.stores, *request.like], progress)
    return {
        each.frame["system"][0]: layouts_for(target, each, ring, values_of(each, reading), request.supplied)
        for each in examine_each_product(reading, ring, request.supplied)
    }


def _refuse_same_key(plan: Plan, target: Key) -> None:
    if not plan.planned and target.aliases:
        same = ", ".join(repr(alias) for alias in target.aliases)
        raise ReencryptionError(
            f"{target.label!r} is the same key as {same}: nothing would change",
            hint="make a new one with `passkey-audit key new`",
        )


def _asked(stores: Sequence[Store], session: Session) -> Session:
    """Every store with something planned asked what stands in the way."""
    plan = session.plan
    writers: list[tuple[Store, InPlace]] = []
    rewritings: list[tuple[Store, Rewriting]] = []
    obstacles: list[StoreObstacles] = []
    for store in stores:
        changes = [each.change for each in plan.planned.get(store.label, ())]
        if not changes:
            continue
        found: Sequence[Obstacle]
        if (writer := in_place(store)) is not None:
            found = list(writer.obstacles(changes))
            writers.append((store, writer))
        elif (file := out_of_place(store)) is not None:
            checks = checks_for(plan.target, store.label, session.reading.checks, session.ring.keys)
            rewriting = file.locate([*changes, *checks])
            found = rewriting.obstacles
            rewritings.append((store, rewriting))
        else:
            found = [_unwritable(changes)]
        plan = plan.without(store.label, found)
        obstacles.append(StoreObstacles(store.label, found))
    return replace(
        session,
        plan=plan,
        in_place=[each for each in writers if plan.planned[each[0].label]],
        rewritings=[each for each in rewritings if plan.planned[each[0].label]],
        obstacles=obstacles,
    )


def _unwritable(changes: Sequence[Change]) -> Obstacle:
    return Obstacle(Hindrance.NOT_WRITTEN_PLAINLY, _NO_WRITER, tuple(change.record for change in changes))
