"""The finished run put together: credentials with owners and evidence, findings, the summary."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from audit.discovery.evidence import Evidence
from audit.errors import InconsistentCountsError
from audit.evidence.findings_of_stores import uncovered_findings
from audit.evidence.log_references import coverage
from audit.exit_codes import exit_code
from audit.keys.key_periods import key_periods
from audit.keys.key_ring import Key, KeyRing
from audit.keys.key_rings import KeyRings
from audit.keys.missing_key import missing_keys
from audit.keys.node_mismatch import NodeMismatch, node_mismatches
from audit.keys.unused_keys import KeyUse, key_remark, tried
from audit.ownership.owners import Owners
from audit.products import every_guide
from audit.run.copies import Copies
from audit.run.examine import ExaminedProduct
from audit.run.open_questions import open_questions
from audit.run.run_credentials import run_credentials
from audit.run.stores_reading import StoresReading
from audit.verdict import Action, Verdict
from parsers.logs.reading import LogReading
from parsers.stores.interface import FingerprintSeen
from parsers.unread import Unread
from reports.run import Run
from reports.schema import UNREAD
from reports.summary import (
    FingerprintSummary,
    InputSummary,
    KeySummary,
    LayoutSummary,
    Summary,
    UpgradeSummary,
)


@dataclass(frozen=True, slots=True)
class RunParts:
    """Everything that a run has found out, before it is put in order.

    Attributes:
        logs: what the logs say, and how much of them was read.
        findings: the `FINDINGS` schema: of the logs, and of keys and reports compared with each other.
        stores: what the stores hold.
        examined: the verdicts, one for each product.
        rings: the candidate keys, by product.
        seen: the passkey fingerprints met in stores and logs.
        owners: who owns which credential.
        unread: what else could not be read: key files, say.
    """

    logs: LogReading
    findings: pl.DataFrame
    stores: StoresReading
    examined: Sequence[ExaminedProduct]
    rings: KeyRings
    seen: Sequence[FingerprintSeen]
    owners: Owners
    unread: Sequence[Unread]


def assemble(gathered: RunParts) -> tuple[Run, Copies]:
    """Put it together.

    Raises:
        InconsistentCountsError: verdicts do not add up to the values read.
    """
    systems = sorted({each.ring.product.id for each in gathered.examined})
    by_store = {batch.store: batch.system for batch in gathered.stores.batches}
    uncovered = uncovered_findings(gathered.stores.uncovered, by_store)
    findings = pl.concat([gathered.findings, uncovered])
    mismatches = node_mismatches(gathered.findings, gathered.seen)
    found = run_credentials(
        gathered.examined,
        findings,
        gathered.owners,
        missing_keys(gathered.rings.fingerprinted, gathered.seen, mismatches),
        logged=gathered.logs.systems,
    )
    credentials, copies = found.frame, found.copies
    unread = sorted({*gathered.logs.unread, *gathered.stores.unread, *gathered.unread}, key=str)
    values = gathered.stores.values()
    if credentials.height + copies.joined != values:
        raise InconsistentCountsError(
            f"{credentials.height} verdicts and {copies.joined} copies for {values} values"
        )
    verdicts = _counts(credentials["verdict"], Verdict)
    needs_attention = bool(findings.height) or bool((credentials["action"] != Action.NONE).any())
    run = Run(
        summary=Summary(
            system=", ".join(systems),
            total=credentials.height,
            verdicts=verdicts,
            actions=_counts(credentials["action"], Action),
            findings=_counts(findings["kind"], sorted(set(findings["kind"]))),
            keys=list(_keys(gathered, credentials, mismatches)),
            fingerprints=[
                FingerprintSummary(where=each.where, fingerprint=each.fingerprint, when=each.when)
                for each in gathered.seen
            ],
            periods=key_periods(gathered.seen, gathered.rings.fingerprinted),
            missing_keys=found.missing_keys,
            layouts=[
                _layout(each, examined.ring)
                for examined in gathered.examined
                for each in examined.discovered.established
            ],
            open_questions=open_questions(gathered.examined),
            inputs=_inputs(gathered),
            span=coverage(gathered.logs.spans),
            upgrades=[UpgradeSummary(**asdict(each)) for each in gathered.logs.upgrades],
            disagreements=found.disagreements,
            exit_code=exit_code(complete=not unread, attention=needs_attention),
        ),
        credentials=credentials,
        findings=findings,
        unread=pl.DataFrame([asdict(each) for each in unread], schema=UNREAD),
        not_stored=found.not_stored,
        guides=every_guide(),
    )
    return run, copies


def _counts(column: pl.Series, words: Iterable[str]) -> dict[str, int]:
    counts = dict(column.value_counts().iter_rows())
    return {str(word): counts[word] for word in words if word in counts}


def _keys(
    gathered: RunParts, credentials: pl.DataFrame, mismatches: Sequence[NodeMismatch]
) -> Iterator[KeySummary]:
    """A row for each key; for a file that may be a key of several products, one for each of them."""
    opens = {
        system: _opens(credentials.filter(system=system), gathered.examined, system)
        for system in gathered.rings.rings
    }
    reported: set[str] = set()
    in_use = {
        key.label
        for system, ring in gathered.rings.rings.items()
        for key in ring.keys
        if _is_used(key, opens[system])
    }
    for system, ring in gathered.rings.rings.items():
        for key in ring.keys:
            if _is_used(key, opens[system]) or key.label not in in_use | reported:
                reported.add(key.label)
                yield KeySummary(
                    label=key.label,
                    bits=key.bits,
                    fingerprint=key.fingerprint,
                    opens=opens[system].values.get(key.label, 0),
                    current=key.current,
                    remark=key_remark(key, opens[system], mismatches, ring),
                    system=system,
                )


def _is_used(key: Key, opens: KeyUse) -> bool:
    return key.current or key.label in opens.values or key.label in opens.outer


def _opens(credentials: pl.DataFrame, examined: Iterable[ExaminedProduct], system: str) -> KeyUse:
    verdicts = _counts(credentials["verdict"], Verdict)
    outer = Counter[str]()
    for each in examined:
        if each.ring.product.id == system:
            outer.update(each.outer)
    return KeyUse(
        values=dict(credentials["opened_by"].value_counts().iter_rows()),
        outer=outer,
        tried=tried(verdicts),
        unknown=verdicts.get(Verdict.UNKNOWN, 0),
    )


def _layout(evidence: Evidence, ring: KeyRing) -> LayoutSummary:
    return LayoutSummary(
        names=evidence.names,
        key=ring.keys[evidence.hypothesis.key].label,
        opened=evidence.opened,
        tried=evidence.tried,
        p_value=evidence.p_value,
        established=evidence.established,
    )


def _inputs(gathered: RunParts) -> list[InputSummary]:
    logs = [
        InputSummary(path=each.path, read=each.read, lines=each.lines, why=each.why)
        for each in gathered.logs.inputs
    ]
    stores = [InputSummary(path=each.label, read=True, records=each.records) for each in gathered.stores.read]
    not_there = [
        InputSummary(path=f"{each.store}: {each.place}", read=False, why=each.reason)
        for each in gathered.stores.not_audited
    ]
    return [*logs, *stores, *not_there]
