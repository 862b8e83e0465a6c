"""The finished run put together: credentials with owners and evidence, findings, the summary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from audit.copies import Copies
from audit.discovery.evidence import Evidence
from audit.errors import InconsistentCountsError
from audit.examine import Examined
from audit.exit_codes import exit_code
from audit.findings_of_stores import uncovered_findings
from audit.idle_key import Opens, key_remark, tried
from audit.key_periods import key_periods
from audit.key_ring import KeyRing
from audit.log_coverage import coverage
from audit.missing_key import missing_keys
from audit.node_mismatch import NodeMismatch, node_mismatches
from audit.open_questions import open_questions
from audit.owners import Owners
from audit.run_credentials import run_credentials
from audit.stores_reading import StoresReading
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
class Gathered:
    """Everything that a run has found out, before it is put in order.

    Attributes:
        logs: what the logs say, and how much of them was read.
        findings: the `FINDINGS` schema: of the logs, and of keys and reports held against each other.
        stores: what the stores hold.
        examined: the verdicts, one for each product.
        ring: the candidate keys.
        seen: the passkey fingerprints met in stores and logs.
        owners: who owns which credential.
        unread: what else could not be read: key files, say.
    """

    logs: LogReading
    findings: pl.DataFrame
    stores: StoresReading
    examined: Sequence[Examined]
    ring: KeyRing
    seen: Sequence[FingerprintSeen]
    owners: Owners
    unread: Sequence[Unread]


def assemble(gathered: Gathered) -> tuple[Run, Copies]:
    """Put it together.

    Raises:
        InconsistentCountsError: verdicts do not add up to the values read.
    """
    systems = sorted({each.frame["system"][0] for each in gathered.examined})
    by_store = {batch["store"][0]: batch["system"][0] for batch in gathered.stores.batches if batch.height}
    uncovered = uncovered_findings(gathered.stores.uncovered, by_store)
    findings = pl.concat([gathered.findings, uncovered])
    mismatches = node_mismatches(gathered.findings, gathered.seen)
    found = run_credentials(
        gathered.examined,
        findings,
        gathered.owners,
        missing_keys(gathered.ring, gathered.seen, mismatches),
        logged=gathered.logs.systems,
    )
    credentials, copies = found.frame, found.copies
    unread = sorted({*gathered.logs.unread, *gathered.stores.unread, *gathered.unread}, key=str)
    values = sum(batch.height for batch in gathered.stores.batches)
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
            keys=_keys(gathered, credentials, tried(verdicts), mismatches),
            fingerprints=[
                FingerprintSummary(where=each.where, fingerprint=each.fingerprint, when=each.when)
                for each in gathered.seen
            ],
            periods=key_periods(gathered.seen, gathered.ring),
            missing_keys=found.missing_keys,
            layouts=[_layout(each, gathered.ring) for each in _evidence(gathered)],
            open_questions=open_questions(gathered.examined, gathered.ring),
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
    )
    return run, copies


def _counts(column: pl.Series, words: Iterable[str]) -> dict[str, int]:
    counts = dict(column.value_counts().iter_rows())
    return {str(word): counts[word] for word in words if word in counts}


def _evidence(gathered: Gathered) -> Iterable[Evidence]:
    return (each for examined in gathered.examined for each in examined.discovered.established)


def _keys(
    gathered: Gathered, credentials: pl.DataFrame, tried: int, mismatches: Sequence[NodeMismatch]
) -> list[KeySummary]:
    ring = gathered.ring
    opens = dict(credentials["opened_by"].value_counts().iter_rows())
    outer: Counter[str] = sum((Counter(each.outer) for each in gathered.examined), Counter())
    unknown = int((credentials["verdict"] == Verdict.UNKNOWN).sum())
    return [
        KeySummary(
            label=key.label,
            bits=key.bits,
            fingerprint=key.fingerprint,
            opens=opens.get(key.label, 0),
            current=key.current,
            remark=key_remark(key, Opens(opens, outer, tried, unknown), mismatches, ring),
        )
        for key in ring.keys
    ]


def _layout(evidence: Evidence, ring: KeyRing) -> LayoutSummary:
    return LayoutSummary(
        names=evidence.names,
        key=ring.keys[evidence.hypothesis.key].label,
        opened=evidence.opened,
        tried=evidence.tried,
        p_value=evidence.p_value,
        established=evidence.established,
    )


def _inputs(gathered: Gathered) -> list[InputSummary]:
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
