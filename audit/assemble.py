"""The finished run put together: credentials with owners and evidence, findings, the summary."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from audit.copies import Copies, join_copies
from audit.discovery.evidence import Evidence
from audit.errors import InconsistentCountsError
from audit.evidence_in_logs import name_credentials
from audit.examine import Examined
from audit.exit_codes import exit_code
from audit.findings_of_stores import uncovered_findings
from audit.groups import group_letters
from audit.key_ring import KeyRing
from audit.log_coverage import coverage
from audit.owners import Owners
from audit.stores_reading import StoresReading
from audit.verdict import Action, Verdict
from parsers.logs.reading import LogReading
from parsers.stores.interface import FingerprintSeen
from parsers.unread import Unread
from reports.run import Run
from reports.schema import CREDENTIALS, UNREAD
from reports.summary import (
    FingerprintSummary,
    InputSummary,
    KeySummary,
    LayoutSummary,
    Summary,
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a run has found out, before it is put in order.

    Attributes:
        logs: what the logs say, and how much of them was read.
        stores: what the stores hold.
        examined: the verdicts, one for each product.
        ring: the candidate keys.
        seen: the passkey fingerprints met in stores and logs.
        owners: who owns which credential.
        unread: what else could not be read: key files, say.
    """

    logs: LogReading
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
    findings = pl.concat([gathered.logs.findings, uncovered])
    credentials, copies = _credentials(gathered, findings)
    unread = sorted({*gathered.logs.unread, *gathered.stores.unread, *gathered.unread}, key=str)
    values = sum(batch.height for batch in gathered.stores.batches)
    if credentials.height + copies.joined != values:
        raise InconsistentCountsError(
            f"{credentials.height} verdicts and {copies.joined} copies for {values} values"
        )
    needs_attention = bool(findings.height) or bool((credentials["action"] != Action.NONE).any())
    run = Run(
        summary=Summary(
            system=", ".join(systems),
            total=credentials.height,
            verdicts=_counts(credentials["verdict"], Verdict),
            actions=_counts(credentials["action"], Action),
            findings=_counts(findings["kind"], sorted(set(findings["kind"]))),
            keys=_keys(gathered.ring, credentials["opened_by"]),
            fingerprints=[
                FingerprintSummary(where=each.where, fingerprint=each.fingerprint, when=each.when)
                for each in gathered.seen
            ],
            layouts=[_layout(each, gathered.ring) for each in _evidence(gathered)],
            inputs=_inputs(gathered),
            span=coverage(gathered.logs.spans),
            exit_code=exit_code(complete=not unread, attention=needs_attention),
        ),
        credentials=credentials,
        findings=findings,
        unread=pl.DataFrame([asdict(each) for each in unread], schema=UNREAD),
    )
    return run, copies


def _credentials(gathered: Gathered, findings: pl.DataFrame) -> tuple[pl.DataFrame, Copies]:
    if not gathered.examined:
        return CREDENTIALS.to_frame(), Copies(0, 0)
    joined = join_copies(pl.concat([each.frame for each in gathered.examined]))
    tags = np.concatenate([each.tags for each in gathered.examined])[joined.kept.to_numpy()]
    credentials = pl.concat(
        [
            joined.frame,
            gathered.owners.assign(joined.frame["location"]),
            name_credentials(joined.frame, findings),
            group_letters(tags).alias("group").to_frame(),
        ],
        how="horizontal",
    ).select(CREDENTIALS.names())
    return credentials, joined.copies


def _counts(column: pl.Series, words: Iterable[str]) -> dict[str, int]:
    counts = dict(column.value_counts().iter_rows())
    return {str(word): counts[word] for word in words if word in counts}


def _evidence(gathered: Gathered) -> Iterable[Evidence]:
    return (each for examined in gathered.examined for each in examined.discovered.established)


def _keys(ring: KeyRing, opened_by: pl.Series) -> list[KeySummary]:
    opens = dict(opened_by.value_counts().iter_rows())
    return [
        KeySummary(
            label=key.label,
            bits=key.bits,
            fingerprint=key.fingerprint,
            opens=opens.get(key.label, 0),
            current=key.current,
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
