"""Stores sealed by other implementations, audited, and planned as the command does it."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audit.keys.key_ring import KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.ownership.owners import Owners
from audit.reencryption.make_plan import PlanRequest, make_plan
from audit.reencryption.plan import Plan
from audit.run.examine import ExaminedProduct
from audit.run.run_audit import Request, examine_each_product, rings_for, run_audit
from audit.run.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile, make_key_file
from parsers.logs.reading import LogReading
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.stores.interface import Store
from reports.run import Run
from tests.audit.reencryption.by_openssl import sealed_by_openssl
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import Encrypt, by_pycryptodome, passwords, seal, stored

OLD = bytes(range(16))
NEW = bytes(range(100, 132))
OTHER_NEW = bytes(range(40, 72))
FOREIGN = bytes(range(200, 232))

ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
ZERO = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
BESIDE = Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE)
"""Each value has a vector of its own, and where it stands is seen: few values settle the whole text."""

GCM = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)


@dataclass(slots=True)
class Estate:
    """Candidate keys by label, and one store under them.

    Attributes:
        current: label of the key that the server uses.
        plain: the text of each record that is sealed.
    """

    store: MemoryStore
    keys: dict[str, bytes] = field(default_factory=lambda: {"old": OLD, "new": NEW})
    current: str = "new"
    plain: dict[str, bytes] = field(default_factory=dict)

    def audited(self, supplied: SuppliedLayouts = NOTHING_SUPPLIED) -> Run:
        return audited([self.store], self.keys, self.current, supplied)

    def judged(self, supplied: SuppliedLayouts = NOTHING_SUPPLIED) -> "Judged":
        return judged([self.store], self.keys, self.current, supplied)

    def plan(
        self,
        run: Run,
        *,
        to: str = "new",
        also: Collection[str] = (),
        supplied: SuppliedLayouts = NOTHING_SUPPLIED,
    ) -> Plan:
        return self.judged(supplied).plan(run, to=to, also=also, supplied=supplied)


@dataclass(frozen=True, slots=True)
class Judged:
    """Stores read and examined."""

    reading: StoresReading
    ring: KeyRing
    examined: ExaminedProduct

    def plan(
        self,
        run: Run,
        *,
        to: str = "new",
        also: Collection[str] = (),
        supplied: SuppliedLayouts = NOTHING_SUPPLIED,
    ) -> Plan:
        target = self.ring.find(to)
        assert target is not None
        return make_plan(PlanRequest(run, target, self.ring, supplied, also), self.reading, self.examined)


def audited(
    stores: Sequence[Store],
    keys: dict[str, bytes],
    current: str | None,
    supplied: SuppliedLayouts = NOTHING_SUPPLIED,
) -> Run:
    request = Request(
        read_logs=lambda: LogReading((), (), (), (), (), ()),
        stores=stores,
        keys=key_files(keys),
        current=[current] if current else [],
        owners=Owners(()),
        supplied=supplied,
    )
    return run_audit(request, Silent()).run


def judged(
    stores: Sequence[Store],
    keys: dict[str, bytes],
    current: str,
    supplied: SuppliedLayouts = NOTHING_SUPPLIED,
) -> Judged:
    reading = read_stores(stores, Silent())
    rings = rings_for(reading, key_files(keys), [current])
    (examined,) = examine_each_product(reading, rings, supplied)
    return Judged(reading, examined.ring, examined)


def key_files(keys: dict[str, bytes]) -> list[KeyFile]:
    return [make_key_file(label, label, Secret(content), path=None) for label, content in keys.items()]


def two_keys(
    layout: Layout = BESIDE, *, old: int = 6, new: int = 6, encrypt: Encrypt = by_pycryptodome
) -> Estate:
    """So many values under each key, one that nothing opens, one that is empty."""
    chance = random.Random(f"{layout.name} {old} {new}")
    keys = [OLD] * old + [NEW] * new + [FOREIGN]
    texts = passwords(len(keys), chance)
    values: list[bytes | None] = [
        seal(layout, key, text, chance, encrypt) for key, text in zip(keys, texts, strict=True)
    ]
    estate = Estate(MemoryStore(stored([*values, None], layout)))
    estate.plain = {f"row {number}": text for number, text in enumerate(texts[:-1])}
    return estate


def two_keys_by_openssl() -> Estate:
    return two_keys(encrypt=sealed_by_openssl)


def location(number: int) -> str:
    """Where the value of this row is."""
    return f"/projects/P/credentials/c{number}"


def states(plan: Plan) -> list[str]:
    """Of every value, in the order of the store."""
    return plan.table["state"].to_list()


def reason(plan: Plan, row: int) -> str:
    return str(plan.table["reason"][row])


def journal_at(folder: Path) -> Path:
    return folder / "journal.jsonl"
