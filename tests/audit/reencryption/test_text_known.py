"""A value is written anew only where its whole text is known: otherwise its store stays as it is."""

import base64
import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.reencryption.journal import journal_for_writing
from audit.reencryption.plan import Plan
from audit.reencryption.proof import prove
from audit.reencryption.session import plan_session
from audit.reencryption.write_and_prove import reencrypt_in_place
from audit.run.stores_reading import read_stores
from audit.trial.hypothesis import Hypothesis
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.by_openssl import opened_beside_by_openssl, opened_by_openssl
from tests.audit.reencryption.estate import (
    BESIDE,
    ECB,
    FRONT,
    NEW,
    OLD,
    ZERO,
    Estate,
    journal_at,
    location,
    reason,
    states,
)
from tests.audit.reencryption.memory_store import MemoryStore
from tests.audit.reencryption.real_stores import in_sqlite, request_for, sqlite_of
from tests.support.sealing import UNKNOWN_VECTOR, passwords, seal, stored

CONSTANT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=UNKNOWN_VECTOR)
PROVEN_FOR_OLD: Final = SuppliedLayouts(
    proven=(CONSTANT,), proven_under={CONSTANT: frozenset({hashlib.sha1(OLD).hexdigest()})}
)
PROVEN_FOR_NEW: Final = SuppliedLayouts(
    proven=(CONSTANT,), proven_under={CONSTANT: frozenset({hashlib.sha1(NEW).hexdigest()})}
)
SHOWN: Final = 20
"""Values under the new key: in ECB, so many settle it."""


def pem_keys(count: int, chance: random.Random) -> list[bytes]:
    """The same header of 32 bytes each, then what differs."""
    head, tail = b"-----BEGIN RSA PRIVATE KEY-----\n", b"\n-----END RSA PRIVATE KEY-----\n"
    return [head + base64.b64encode(chance.randbytes(90)) + tail for _ in range(count)]


def sealed(layout: Layout, key: bytes, texts: Sequence[bytes], chance: random.Random) -> list[bytes]:
    return [seal(layout, key, text, chance) for text in texts]


def estate_of(
    old: Layout, texts: Sequence[bytes], *, new: Layout = ECB, shown: int = SHOWN, longest: int = 40
) -> Estate:
    """These texts under the old key first, then some under the new one."""
    chance = random.Random(11)
    values = sealed(old, OLD, texts, chance)
    values += sealed(new, NEW, passwords(shown, chance, longest=longest), chance)
    return Estate(
        MemoryStore(stored(values)), plain={f"row {number}": text for number, text in enumerate(texts)}
    )


def carried_out(estate: Estate, folder: Path, supplied: SuppliedLayouts = NOTHING_SUPPLIED) -> Plan:
    """Everything that may be written, written and proven; the values afterwards are in the estate."""
    plan = estate.plan(estate.audited(supplied), supplied=supplied)
    with journal_for_writing(journal_at(folder), plan.target.fingerprint) as journal:
        done = reencrypt_in_place(plan, [(estate.store, estate.store)], journal, Silent())
    assert done.faults == ()
    return done.plan


def value_of(estate: Estate, record: str) -> bytes:
    sealed = estate.store.there[record]
    assert sealed is not None
    return sealed.value


@pytest.mark.parametrize("asked_for", [False, True])
def test_pem_keys_behind_a_constant_vector_stay(*, asked_for: bool) -> None:
    """Read as if their vector stood in front they would lose 16 bytes: none is written, asked for or not."""
    estate = estate_of(CONSTANT, pem_keys(12, random.Random(5)))
    run = estate.audited()
    old = run.credentials.head(12)
    assert set(old["opened_by"]) == {"old"}
    assert set(old["verdict"]) == {"ambiguous"}
    assert set(old["confidence"]) == {"strong"}
    assert set(old["text_confidence"]) == {"weak"}
    plan = estate.plan(run, also=[location(row) for row in range(12)] if asked_for else [])
    assert plan.planned == {}
    assert states(plan)[:12] == ["refused" if asked_for else "unsure"] * 12
    if asked_for:
        assert "layouts --known" in reason(plan, 0)


def test_their_database_stays_byte_for_byte(tmp_path: Path) -> None:
    """The file that was to be changed is the same after all that the command asks before it writes."""
    chance = random.Random(6)
    values = sealed(CONSTANT, OLD, pem_keys(12, chance), chance)
    values += sealed(ECB, NEW, passwords(SHOWN, chance), chance)
    path = sqlite_of(tmp_path / "cd.sqlite", [each.decode() for each in values])
    before = path.read_bytes()
    session = plan_session(request_for(path), Silent())
    assert session.plan.planned == {}
    assert session.in_place == []
    assert states(session.plan)[:12] == ["unsure"] * 12
    assert path.read_bytes() == before
    assert in_sqlite(path) == [each.decode() for each in values]


def test_a_known_text_lets_them_be_written_whole(tmp_path: Path) -> None:
    """The vector is proven for the old key: openssl opens each new value to all of its text."""
    texts = pem_keys(12, random.Random(5))
    estate = estate_of(CONSTANT, texts)
    plan = carried_out(estate, tmp_path, PROVEN_FOR_OLD)
    assert states(plan) == ["re-encrypted"] * 12 + ["already"] * SHOWN
    for record, text in estate.plain.items():
        assert opened_by_openssl(NEW, None, base64.b64decode(value_of(estate, record))) == text


def other_vector(text: bytes, chance: random.Random) -> bytes:
    """Sealed behind a constant that is another than the proven one."""
    return seal(replace(CONSTANT, constant_iv=bytes(range(200, 216))), OLD, text, chance)


def test_a_vector_proven_for_another_key_needs_evidence_of_its_own(tmp_path: Path) -> None:
    """An older server may have had another: where the values show the same one, they are written whole."""
    texts, chance = pem_keys(12, random.Random(5)), random.Random(11)
    same = estate_of(CONSTANT, texts)
    plan = carried_out(same, tmp_path, PROVEN_FOR_NEW)
    assert states(plan)[:12] == ["re-encrypted"] * 12
    for record, text in same.plain.items():
        assert opened_by_openssl(NEW, None, base64.b64decode(value_of(same, record))) == text
    other = estate_of(CONSTANT, texts)
    for number, text in enumerate(texts):
        other.store.there[f"row {number}"] = StoredCiphertext(other_vector(text, chance))
    refused = other.plan(other.audited(PROVEN_FOR_NEW), supplied=PROVEN_FOR_NEW)
    assert refused.planned == {}
    assert states(refused)[:12] == ["unsure"] * 12


def test_few_vectors_in_front_are_not_read() -> None:
    """Six values leave one constant possible: ambiguous, and refused where they are asked for."""
    estate = estate_of(FRONT, passwords(6, random.Random(7)))
    run = estate.audited()
    long = [row for row in range(6) if len(estate.plain[f"row {row}"]) >= 16]
    assert long
    assert set(run.credentials["verdict"][long]) == {"ambiguous"}
    plan = estate.plan(run, also=[location(row) for row in range(6)])
    assert plan.planned == {}
    for row in long:
        assert states(plan)[row] == "refused"
        assert "layouts --known" in reason(plan, row)


def test_few_vectors_in_front_are_not_written() -> None:
    """The texts are known and the target's layout is not: refused, with the way to settle it."""
    estate = estate_of(BESIDE, passwords(6, random.Random(7)), new=FRONT, shown=6)
    plan = estate.plan(estate.audited())
    assert plan.planned == {}
    assert states(plan)[:6] == ["refused"] * 6
    assert "layouts --known" in reason(plan, 0)


@pytest.mark.parametrize(
    ("count", "supplied"),
    [(60, NOTHING_SUPPLIED), (6, SuppliedLayouts(proven=(FRONT,)))],
    ids=["many", "proven"],
)
def test_settled_vectors_in_front_are_read_and_written(
    tmp_path: Path, count: int, supplied: SuppliedLayouts
) -> None:
    """Many values show that each has its own, and so does a known text; openssl opens the whole text."""
    estate = estate_of(FRONT, passwords(count, random.Random(8)), new=FRONT, shown=count)
    plan = carried_out(estate, tmp_path, supplied)
    assert states(plan) == ["re-encrypted"] * count + ["already"] * count
    for record, text in estate.plain.items():
        content = base64.b64decode(value_of(estate, record))
        assert opened_by_openssl(NEW, content[:16], content[16:]) == text


@pytest.mark.parametrize("layout", [BESIDE, ECB], ids=lambda layout: layout.name)
def test_a_value_encrypted_twice_is_written_to_the_inner_text(tmp_path: Path, layout: Layout) -> None:
    """The current key outside, an older one inside: afterwards the current key alone gives the text."""
    chance = random.Random(9)
    texts = passwords(20, chance)
    secret = b"the text that people typed in once"
    twice = seal(layout, NEW, seal(layout, OLD, secret, chance), chance)
    values = [*sealed(layout, OLD, texts, chance), twice, *sealed(layout, NEW, passwords(20, chance), chance)]
    estate = Estate(MemoryStore(stored(values)))
    estate.plain = {f"row {number}": text for number, text in enumerate([*texts, secret])}
    row = estate.audited().credentials.row(20, named=True)
    assert (row["verdict"], row["opened_by"]) == ("older-key", "old")
    plan = carried_out(estate, tmp_path)
    assert states(plan)[20] == "re-encrypted"
    new = value_of(estate, "row 20")
    if layout is BESIDE:
        assert opened_beside_by_openssl(NEW, new) == secret
    else:
        assert opened_by_openssl(NEW, None, base64.b64decode(new)) == secret
    again = estate.audited().credentials.row(20, named=True)
    assert (again["verdict"], again["opened_by"]) == ("current", "new")


def test_the_proof_opens_with_every_layout_that_stands(tmp_path: Path) -> None:
    """Secrets of one block leave ECB and CBC alike: each new value is opened as both."""
    chance = random.Random(10)
    estate = estate_of(BESIDE, passwords(6, chance, longest=15), longest=15)
    plan = carried_out(estate, tmp_path)
    planned = plan.planned["test"]
    assert len(planned) == 6
    after = read_stores([estate.store], Silent()).batches[0].frame
    for each in planned:
        assert {ECB, ZERO} <= {opener.layout for opener in each.openers}
        content = base64.b64decode(value_of(estate, each.change.record))
        for vector in (None, bytes(16)):
            assert opened_by_openssl(NEW, vector, content) == estate.plain[each.change.record]
    assert prove(plan, "test", planned, after, aligned=False).faults == {}
    another = Hypothesis(1, Secret(NEW), BESIDE)
    doubted = [replace(planned[0], openers=(*planned[0].openers, another)), *planned[1:]]
    proof = prove(plan, "test", doubted, after, aligned=False)
    assert list(proof.faults) == [planned[0].row]
    assert "does not open to the text" in proof.faults[planned[0].row]
