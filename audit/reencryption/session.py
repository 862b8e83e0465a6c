"""A session: everything known before a value is written, from stores read, judged, planned and checked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from audit.errors import KeyRingError, ReencryptionError
from audit.keys.key_ring import Key, KeyRing
from audit.keys.key_rings import KeyRings, labels_of_others, meant, split_product
from audit.layouts.user_supplied import SuppliedLayouts
from audit.products import every_product, product_of
from audit.reencryption.guards import StoreObstacles, refuse_obstacles, refuse_rotation
from audit.reencryption.journal import canonical_store_path
from audit.reencryption.make_plan import PlanRequest, make_plan, values_of
from audit.reencryption.new_layout import Layouts
from audit.reencryption.overrides import Despite
from audit.reencryption.plan import Plan
from audit.reencryption.target import layouts_for
from audit.run.examine import ExaminedProduct
from audit.run.run_audit import examine_each_product, rings_for
from audit.run.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile
from parsers.progress import Progress
from parsers.stores.interface import Store
from parsers.stores.open_for_writing import file_rewriter, in_place_writer
from parsers.stores.store_writer import Blocker, BlockerKind, FileRewrite, InPlaceWriter, ValueChange
from reports.run import Run
from reports.summary import KeySummary

_NO_WRITER = "this kind of store can be read, but not written"


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """The inputs of a session.

    Attributes:
        run: the audit that it rests on.
        stores: those that were audited.
        files: the candidate keys.
        to: label of the key under which the values of its product are to open: `LABEL`, or `PRODUCT:LABEL`
            where it may be a key of several.
        supplied: layouts in addition to the known ones.
        also: locations of values to re-encrypt although their opening is not certain.
        like: stores of the server that uses the target key: only read, for how its values are written.
        current: labels of the keys that the servers use now, if the user named them; else the run knows them.
    """

    run: Run
    stores: Sequence[Store]
    files: Sequence[KeyFile]
    to: str
    supplied: SuppliedLayouts
    also: Sequence[str] = ()
    like: Sequence[Store] = ()
    current: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """What is known before anything is written.

    Attributes:
        plan: what becomes of every value of the target's product.
        ring: that product's keys.
        reading: what the stores hold of it.
        examined: its values judged.
        left_alone: how many values of other products there are, by product: nothing becomes of them.
        elsewhere: labels of keys that are taken for one of those.
        in_place: stores with something planned that are changed where they lie.
        rewritings: file stores with something planned, their values found.
        obstacles: what stands in the way, by store.
    """

    plan: Plan
    ring: KeyRing
    reading: StoresReading = field(repr=False)
    examined: ExaminedProduct = field(repr=False)
    left_alone: Mapping[str, int]
    elsewhere: Collection[str]
    in_place: Sequence[tuple[Store, InPlaceWriter]]
    rewritings: Sequence[tuple[Store, FileRewrite]]
    obstacles: Sequence[StoreObstacles]

    @property
    def judged(self) -> pl.DataFrame:
        """All values with their verdicts."""
        return self.examined.frame


def plan_session(request: SessionRequest, progress: Progress) -> Session:
    """Read, judge and plan; rights to read are enough, and nothing is written.

    Raises:
        KeyRingError: no key is labelled as `to` says.
        ReencryptionError: a store is named twice, holds nothing, or is not the one of the run.
        StoreError, ArchiveError: a store cannot be asked.
    """
    names = {canonical_store_path(store.label) for store in request.stores}
    if len(names) < len(request.stores):
        raise ReencryptionError("a store is named twice", hint="name each once")
    reading = read_stores(request.stores, progress)
    if not reading.systems():
        why = "; ".join(f"{each.path}: {each.reason}" for each in reading.unread[:3])
        raise ReencryptionError(f"nothing could be read: {why}")
    current = request.current or _current(request.run.summary.keys, request.files, reading.systems())
    rings = rings_for(reading, request.files, current)
    ring, target = _target(rings, request, reading)
    if _is_new(target, request.run):
        ring = replace(ring, new=target.label)
        rings = replace(rings, rings={**rings.rings, ring.product.id: ring})
    left_alone = {
        product_of(system).title: reading.of_product(system).values()
        for system in sorted(reading.systems() - {ring.product.id})
    }
    reading = reading.of_product(ring.product.id)
    (examined,) = examine_each_product(reading, rings, request.supplied)
    layouts = _layouts_like(request, ring, target, progress) if request.like else {}
    wanted = PlanRequest(request.run, target, ring, request.supplied, request.also, layouts)
    plan = make_plan(wanted, reading, examined)
    _refuse_same_key(plan, target)
    products = [each.product for each in rings.rings.values()]
    elsewhere = labels_of_others(ring.product, products, request.files, reading.seen)
    session = Session(plan, ring, reading, examined, left_alone, elsewhere, (), (), ())
    return _with_obstacles(request.stores, session)


def blockers(session: Session, despite: Collection[Despite]) -> Iterator[str]:
    """Remarks on the stores, and whatever would stop a re-encryption, a sentence each."""
    try:
        yield from refuse_obstacles(session.obstacles, despite)
        if session.in_place:
            refuse_rotation(session.plan, session.ring, session.reading, despite)
    except ReencryptionError as error:
        yield f"as things are, nothing would be written: {error.message}; {error.hint}"


def _current(keys: Sequence[KeySummary], files: Sequence[KeyFile], systems: Collection[str]) -> list[str]:
    """The labels now of the keys that were current in the run, if they are among the candidates.

    A run over several products may be followed by a re-encryption of one of them.
    """
    found = []
    for key in keys:
        if key.current and (not key.system or key.system in systems):
            labels = [file.label for file in files if file.fingerprint == key.fingerprint]
            found += [f"{key.system}:{label}" if key.system else label for label in labels[:1]]
    return found


def _target(rings: KeyRings, request: SessionRequest, reading: StoresReading) -> tuple[KeyRing, Key]:
    """The target key, and its product's ring: it cannot be the target for values of another product."""
    products = [ring.product for ring in rings.rings.values()]
    system, label = split_product(request.to, every_product())
    possible = {each.id: list(filter(each.keys.may_be, request.files)) for each in products}
    ring = rings.of(meant(label, system, products, possible, reading.seen))
    target = ring.find(label)
    if target is None:
        labels = ", ".join(key.label for key in ring.keys)
        raise KeyRingError(f"no key is labelled {label!r}", hint=f"labels: {labels}")
    return ring, ring.opens_as(target)  # two files of one key are one target


def _is_new(target: Key, run: Run) -> bool:
    """Whether the audit did without this key: what it called lost is not the new key's by being added."""
    return not target.current and target.fingerprint not in {key.fingerprint for key in run.summary.keys}


def _layouts_like(request: SessionRequest, ring: KeyRing, target: Key, progress: Progress) -> Layouts:
    """How values under `target` are written, where the stores of --like show it."""
    reading = read_stores([*request.stores, *request.like], progress).of_product(ring.product.id)
    (examined,) = examine_each_product(reading, KeyRings({ring.product.id: ring}), request.supplied)
    deciding = {store.label for store in request.like}
    return layouts_for(target, examined, values_of(examined, reading), request.supplied, deciding)


def _refuse_same_key(plan: Plan, target: Key) -> None:
    if not plan.planned and target.aliases:
        same = ", ".join(repr(alias) for alias in target.aliases)
        raise ReencryptionError(
            f"{target.label!r} is the same key as {same}: nothing would change",
            hint="make a new one with `passkey-audit key new`",
        )


def _with_obstacles(stores: Sequence[Store], session: Session) -> Session:
    """The session with the obstacles of every store that has something planned."""
    plan = session.plan
    writers: list[tuple[Store, InPlaceWriter]] = []
    rewritings: list[tuple[Store, FileRewrite]] = []
    obstacles: list[StoreObstacles] = []
    for store in stores:
        changes = [each.change for each in plan.planned.get(store.label, ())]
        if not changes:
            continue
        found: Sequence[Blocker]
        if (writer := in_place_writer(store)) is not None:
            found = list(writer.blockers(changes))
            writers.append((store, writer))
        elif (file := file_rewriter(store)) is not None:
            checks = session.ring.product.rekeying.password_checks(
                plan.target, store.label, session.reading.checks, session.ring.keys
            )
            rewriting = file.locate([*changes, *checks])
            found = rewriting.blockers
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


def _unwritable(changes: Sequence[ValueChange]) -> Blocker:
    return Blocker(BlockerKind.NOT_WRITTEN_PLAINLY, _NO_WRITER, tuple(change.record for change in changes))
