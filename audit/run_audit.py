"""The audit from end to end: logs and stores read, keys tried, everything joined."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from audit.assemble import Gathered, assemble
from audit.both_products import ring_of_both, ring_of_one
from audit.copies import Copies
from audit.examine import Examined, examine
from audit.key_ring import KeyRing, make_key_ring
from audit.layouts.known import OCTOPUS, published_layouts
from audit.layouts.user_supplied import NOTHING_SUPPLIED, Supplied
from audit.missing_key import seen_in_logs
from audit.octopus.run import about_octopus, current_label
from audit.owners import Owners
from audit.stores_reading import StoresReading, read_stores
from audit.trial.same_secret import SecretTags
from parsers.keys.key_file import KeyFile
from parsers.logs.reading import LogReading
from parsers.logs.rotation_report import RotationReport
from parsers.logs.schema import finding_frame
from parsers.progress import Progress
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen, Store
from parsers.unread import Unread
from reports.run import Run


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be audited.

    Attributes:
        read_logs: reads the logs; called once.
        stores: where credentials rest.
        keys: the candidates, and what was no key.
        current: label of the key that the server uses now, if the user said.
        owners: who owns which credential.
        supplied: layouts beside the known ones.
        rotation_report: what Octopus said of a rotation of its master key.
    """

    read_logs: Callable[[], LogReading]
    stores: Sequence[Store]
    keys: Sequence[KeyFile | Unread]
    current: str | None
    owners: Owners
    supplied: Supplied = NOTHING_SUPPLIED
    rotation_report: RotationReport | None = None


@dataclass(frozen=True, slots=True)
class Audited:
    """The run, and what is worth saying of it beside.

    Attributes:
        run: what reports are made of.
        remarks: one sentence each.
        product_report: the documents of Octopus in the form of its rotation report, or "".
    """

    run: Run
    remarks: tuple[str, ...]
    product_report: str


def run_audit(request: Request, progress: Progress) -> Audited:
    """Everything, once.

    Raises:
        KeyRingError: the current key is not among the candidates.
        InconsistentCountsError: verdicts do not add up to the values read.
    """
    logs = request.read_logs()
    logged = finding_frame(logs.findings)
    stores = read_stores(request.stores, progress)
    files = [each for each in request.keys if isinstance(each, KeyFile)]
    in_logs = seen_in_logs(logged)
    ring = ring_for(stores, files, request.current, report=request.rotation_report, logged=in_logs)
    seen = [*stores.seen, *in_logs]
    values = sum(batch.height for batch in stores.batches)
    progress.working_on(f"{len(ring.keys)} keys on {values:,} values")
    examined = examine_each_product(stores, ring, request.supplied)
    stores.forget_values()
    octopus = about_octopus(
        stores, examined, files, ring_seen_by(OCTOPUS, ring, stores), request.rotation_report
    )
    gathered = Gathered(
        logs=replace(logs, findings=()),  # they stand in the frame
        findings=pl.concat([logged, octopus.findings]),
        stores=stores,
        examined=examined,
        ring=ring,
        seen=seen,
        owners=request.owners,
        unread=[each for each in request.keys if isinstance(each, Unread)],
    )
    run, copies = assemble(gathered)
    remarks = (
        *_about(copies),
        *ring.remarks,
        *octopus.remarks,
        *(f"{key.label}: {remark}" for key in ring.keys for remark in key.remarks),
    )
    return Audited(run, remarks, octopus.report)


def _about(copies: Copies) -> list[str]:
    said = []
    if copies.joined:
        said.append(f"{copies.joined} values were met again in another store, and count once")
    if copies.differing:
        said.append(f"{copies.differing} credentials hold different values in different stores")
    return said


def ring_for(
    stores: StoresReading,
    files: Sequence[KeyFile],
    current: str | None,
    *,
    report: RotationReport | None = None,
    logged: Sequence[FingerprintSeen] = (),
) -> KeyRing:
    """The candidates for these stores.

    Octopus knows a master key by itself, whatever form it is written in; to CloudBees CD every byte counts.
    The new key that a rotation report names is current, unless the user says another. Of stores of both
    products each has a current key of its own.

    Raises:
        KeyRingError: the current key is not among the candidates.
    """
    systems = stores.systems()
    if len(systems) > 1:
        return ring_of_both(files, current, current_label(files, report), stores.seen)
    told = None if current else current_label(files, report)
    return make_key_ring(
        files,
        current_label=current or told,
        seen=stores.seen,
        same_master_key=systems == {OCTOPUS},
        said_by="the rotation report says" if told else "you said",
        logged=logged,
    )


def ring_seen_by(system: str, ring: KeyRing, stores: StoresReading) -> KeyRing:
    """The ring, with no current key but the product's own where the stores are of both."""
    return ring_of_one(ring, system) if len(stores.systems()) > 1 else ring


def examine_each_product(
    stores: StoresReading, ring: KeyRing, supplied: Supplied = NOTHING_SUPPLIED
) -> list[Examined]:
    """The values of each product examined on their own: a layout of one says nothing of another's."""
    secret_tags = SecretTags(Secret(secrets.token_bytes(16)))
    by_system: dict[str, list[pl.DataFrame]] = {}
    for batch in stores.batches:
        if batch.height:
            by_system.setdefault(batch["system"][0], []).append(batch)
    return [
        examine(
            batches,
            ring_seen_by(system, ring, stores),
            secret_tags,
            supplied.and_proven(published_layouts(system)),
        )
        for system, batches in by_system.items()
    ]
