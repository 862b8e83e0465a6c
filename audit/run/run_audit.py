"""The audit from end to end: logs and stores read, keys tried, everything joined."""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from audit.keys.key_rings import KeyChoice, KeyRings, make_key_rings, split_product
from audit.keys.missing_key import seen_in_logs
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.ownership.owners import Owners
from audit.product import AuditedValues, Product, Supplement
from audit.products import every_product, product_of
from audit.run.build_run import RunParts, assemble
from audit.run.copies import Copies
from audit.run.examine import ExaminedProduct, examine
from audit.run.stores_reading import StoresReading, read_stores
from audit.trial.same_secret import SecretTags
from parsers.keys.key_file import KeyFile
from parsers.logs.reading import LogReading
from parsers.logs.rotation_report import RotationReport
from parsers.logs.schema import finding_frame
from parsers.progress import Progress
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen, Store, StoredValues
from parsers.unread import Unread
from reports.run import Run


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be audited.

    Attributes:
        read_logs: reads the logs; called once.
        stores: where credentials rest.
        keys: the candidates, and what was not a key.
        current: labels of the keys that the servers use now, as given: `LABEL` or `PRODUCT:LABEL`.
        owners: who owns which credential.
        supplied: layouts in addition to the known ones.
        rotation_report: what a product reported of a rotation of its key.
    """

    read_logs: Callable[[], LogReading]
    stores: Sequence[Store]
    keys: Sequence[KeyFile | Unread]
    current: Sequence[str]
    owners: Owners
    supplied: SuppliedLayouts = NOTHING_SUPPLIED
    rotation_report: RotationReport | None = None


@dataclass(frozen=True, slots=True)
class AuditOutcome:
    """The run, and what is worth reporting with it.

    Attributes:
        run: what reports are made of.
        remarks: one sentence each.
        product_report: the audit in the form of the product's own report, or "".
    """

    run: Run
    remarks: tuple[str, ...]
    product_report: str


def run_audit(request: Request, progress: Progress) -> AuditOutcome:
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
    rings = rings_for(
        stores,
        files,
        request.current,
        report=request.rotation_report,
        logged=in_logs,
        logged_of=logs.systems,
    )
    seen = [*stores.seen, *in_logs]
    progress.working_on(f"{len(rings.keys)} keys on {stores.values():,} values")
    examined = examine_each_product(stores, rings, request.supplied)
    stores.forget_values()
    supplements = product_supplements(stores, examined, files, rings, request.rotation_report)
    gathered = RunParts(
        logs=replace(logs, findings=()),  # they stand in the frame
        findings=pl.concat([logged, *(each.findings for each in supplements)]),
        stores=stores,
        examined=examined,
        rings=rings,
        seen=seen,
        owners=request.owners,
        unread=[each for each in request.keys if isinstance(each, Unread)],
    )
    run, copies = assemble(gathered)
    remarks = (
        *_about(copies),
        *rings.remarks,
        *(remark for each in supplements for remark in each.remarks),
        *(f"{key.label}: {remark}" for key in rings.keys for remark in key.remarks),
    )
    return AuditOutcome(run, remarks, "".join(each.report for each in supplements))


def product_supplements(
    stores: StoresReading,
    examined: Sequence[ExaminedProduct],
    files: Sequence[KeyFile],
    rings: KeyRings,
    report: RotationReport | None,
) -> list[Supplement]:
    """What each product adds to the verdicts."""
    frames = {each.ring.product.id: each.frame for each in examined}
    return [
        product.supplement(
            AuditedValues(
                stores=stores.of_product(product.id),
                values=frames.get(product.id, pl.DataFrame()),
                files=files,
                ring=rings.of(product),
                report=report,
            )
        )
        for product in every_product()
    ]


def _about(copies: Copies) -> list[str]:
    remarks = []
    if copies.joined:
        remarks.append(f"{copies.joined} values were met again in another store, and count once")
    if copies.differing:
        remarks.append(f"{copies.differing} credentials hold different values in different stores")
    return remarks


def rings_for(
    stores: StoresReading,
    files: Sequence[KeyFile],
    current: Sequence[str] = (),
    *,
    report: RotationReport | None = None,
    logged: Sequence[FingerprintSeen] = (),
    logged_of: Iterable[str] = (),
) -> KeyRings:
    """The candidates for these stores, a ring for each of their products.

    A key that a product's own report names is current, unless the user says another.

    Args:
        stores: what was read.
        files: the candidates.
        current: labels of current keys, as the user gave them: `LABEL` or `PRODUCT:LABEL`.
        report: what a product reported of a rotation of its key.
        logged: the fingerprints that logs name.
        logged_of: the products whose logs were read: where no store shows the product.

    Raises:
        KeyRingError: a current key is not among the candidates, or may be one of several products.
    """
    products = _products(stores.systems() or set(logged_of), files)
    given = [
        KeyChoice(label, system)
        for system, label in (split_product(each, every_product()) for each in current)
    ]
    reported = [
        KeyChoice(label, product.id, "the rotation report says")
        for product in products
        if (label := product.keys.named_by_report(files, report)) is not None
    ]
    return make_key_rings(products, files, chosen=[*given, *reported], seen=stores.seen, logged=logged)


def _products(systems: Collection[str], files: Sequence[KeyFile]) -> list[Product]:
    """Those whose values or logs are there; else those whose keys the files may be; else all."""
    if systems:
        return [product for product in every_product() if product.id in systems]
    possible = [product for product in every_product() if any(product.keys.may_be(file) for file in files)]
    return possible or list(every_product())


def examine_each_product(
    stores: StoresReading, rings: KeyRings, supplied: SuppliedLayouts = NOTHING_SUPPLIED
) -> list[ExaminedProduct]:
    """The values of each product examined on their own: a layout of one says nothing of another's."""
    secret_tags = SecretTags(Secret(secrets.token_bytes(16)))
    by_system: dict[str, list[StoredValues]] = {}
    for batch in stores.batches:
        if batch.system:
            by_system.setdefault(batch.system, []).append(batch)
    return [
        examine(
            batches,
            rings.of(product),
            secret_tags,
            supplied.and_proven(product.published),
        )
        for product, batches in ((product_of(system), batches) for system, batches in by_system.items())
    ]
