"""What becomes of every value, before anything is written."""

import base64
import random
from collections import Counter
from typing import Final

import polars as pl
import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import ReencryptionError
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import SuppliedLayouts
from audit.reencryption.plan import PlaintextMac, Plan
from audit.reencryption.state import State
from parsers.secret import Secret
from parsers.stores.schema import STORED
from parsers.stores.store_writer import Blocker, BlockerKind, StoredCiphertext
from tests.audit.reencryption.by_openssl import opened_beside_by_openssl
from tests.audit.reencryption.estate import (
    BESIDE,
    ECB,
    FOREIGN,
    FRONT,
    GCM,
    NEW,
    OLD,
    Estate,
    judged,
    location,
    reason,
    states,
    two_keys,
    two_keys_by_openssl,
)
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import passwords, seal, stored

MASTER: Final = Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE)


def test_every_value_has_its_state() -> None:
    """Those of the old key change, those of the new stay, what nothing opens is left."""
    estate = two_keys_by_openssl()
    plan = estate.plan(estate.audited())
    assert states(plan) == ["re-encrypt"] * 6 + ["already"] * 6 + ["left", "nothing"]
    assert plan.counts() == {
        State.RE_ENCRYPT: 6,
        State.ALREADY: 6,
        State.NOTHING: 1,
        State.LEFT: 1,
    }
    assert plan.table["new_layout"].to_list() == [BESIDE.name] * 6 + [""] * 8
    assert plan.basis == (f"new values are written in {BESIDE.name}: 6 values under new lie in it",)


def test_openssl_opens_every_new_value() -> None:
    """Made from what openssl sealed under the old key, opened by openssl under the new one."""
    estate = two_keys_by_openssl()
    plan = estate.plan(estate.audited())
    assert len(plan.planned["test"]) == 6
    for each in plan.planned["test"]:
        assert opened_beside_by_openssl(NEW, each.change.new.value) == estate.plain[each.change.record]
        assert each.change.old == estate.store.there[each.change.record]
        assert plan.table["record"][each.row] == each.change.record


def test_planning_writes_nothing() -> None:
    """Neither the store nor the run is touched: a plan can be made by who may only read."""
    estate = two_keys()
    before = dict(estate.store.there)
    estate.plan(estate.audited())
    assert estate.store.there == before
    assert estate.store.transactions == 0


def test_what_changed_since_the_run_is_left() -> None:
    """Another value, though it opens as well, was judged by nobody."""
    estate = two_keys()
    run = estate.audited()
    chance = random.Random(5)
    estate.store.there["row 2"] = StoredCiphertext(seal(BESIDE, OLD, b"changed meanwhile", chance))
    plan = estate.plan(run)
    assert states(plan)[2] == "changed"
    assert "audit again" in reason(plan, 2)
    assert {each.change.record for each in plan.planned["test"]} == {
        f"row {each}" for each in (0, 1, 3, 4, 5)
    }


def test_what_the_run_called_lost_is_refused() -> None:
    """A key that was found since opens it; people were told that it is lost, so it is audited again first."""
    estate = two_keys()
    run = estate.audited()
    estate.keys["found"] = FOREIGN
    plan = estate.plan(run)
    assert states(plan)[12] == "refused"
    assert "the run called it lost: audit again" in reason(plan, 12)
    assert states(estate.plan(estate.audited()))[12] == "re-encrypt"


def weak_estate() -> Estate:
    """Its last value is binary with two bytes of padding: one wrong key in 65,000 would open it as well."""
    estate = two_keys(ECB, old=30, new=30)
    binary = bytes(range(0x81, 0x81 + 14))
    estate.store.there["row 60"] = StoredCiphertext(seal(ECB, OLD, binary, random.Random(1)))
    return estate


def test_a_weak_opening_is_taken_where_it_is_asked_for() -> None:
    """By its location, and only then; afterwards it is under the target, and nothing is left to do."""
    estate = weak_estate()
    run = estate.audited()
    row = run.credentials.row(60, named=True)
    assert (row["verdict"], row["opened_by"]) == ("ambiguous", "old")
    assert states(estate.plan(run))[60] == "unsure"
    plan = estate.plan(run, also=[location(60)])
    assert states(plan)[60] == "re-encrypt"
    assert states(estate.plan(run, also=[location(3)]))[60] == "unsure"
    for each in plan.planned["test"]:
        estate.store.there[each.change.record] = each.change.new
    again = estate.plan(estate.audited(), also=[location(60)])
    assert again.planned == {}
    assert states(again)[60] == "already"


def test_two_texts_are_never_taken() -> None:
    """One key opens it to two texts in layouts of the store: asked for or not, one would be lost."""
    chance = random.Random(2)
    values = [seal(ECB, NEW, text, chance) for text in passwords(20, chance, longest=15)]
    values += [seal(FRONT, OLD, text, chance) for text in passwords(8, chance)]
    estate = Estate(MemoryStore(stored([*values, seal(FRONT, OLD, b"short", chance)])))
    run = estate.audited()
    assert "not every byte of its text is settled" in run.credentials["reason"][28]
    assert states(estate.plan(run))[28] == "unsure"
    plan = estate.plan(run, also=[location(28)])
    assert states(plan)[28] == "refused"
    assert "not every byte of the text is settled" in reason(plan, 28)
    assert "layouts --known" in reason(plan, 28)
    assert plan.planned == {}


def test_a_location_that_is_nowhere_is_an_error() -> None:
    """A slip of the pen must not look like a credential that was taken."""
    estate = two_keys()
    with pytest.raises(ReencryptionError, match="no credential in these stores is at '/projects/P/nothing'"):
        estate.plan(estate.audited(), also=["/projects/P/nothing"])


def test_the_same_key_twice() -> None:
    """Two files of one key are one key: nothing would change, under either label."""
    estate = two_keys(old=0)
    estate.keys = {"new": NEW, "copy": NEW}
    plan = estate.plan(estate.audited(), to="copy")
    assert plan.planned == {}
    assert plan.target.aliases == ("copy",)
    assert set(states(plan)) == {"already", "left", "nothing"}


def test_another_store_than_that_of_the_run() -> None:
    """Not one credential in common: one of the two was named by mistake."""
    estate, other = two_keys(), two_keys()
    run = other.audited()
    elsewhere = estate.store._frame.with_columns(location=pl.format("/elsewhere/{}", pl.col("name")))
    estate.store = MemoryStore(elsewhere)
    with pytest.raises(ReencryptionError, match="none of the credentials in these stores is in the run"):
        estate.plan(run)


def test_an_empty_run_judged_nothing() -> None:
    """So nothing may be written."""
    estate = two_keys()
    run = Estate(MemoryStore(STORED.to_frame())).audited()
    assert run.summary.total == 0
    plan = estate.plan(run)
    assert plan.planned == {}
    assert states(plan)[:6] == ["changed"] * 6


def test_a_rotation_takes_what_is_current() -> None:
    """`--to` a key that nothing is under yet: everything that opens for certain goes there."""
    estate = two_keys()
    estate.keys["next"] = bytes(range(40, 72))
    plan = estate.plan(estate.audited(), to="next")
    assert states(plan) == ["re-encrypt"] * 12 + ["left", "nothing"]
    for each in plan.planned["test"]:
        content, vector = map(base64.b64decode, each.change.new.value.split(b"|"))
        cipher = AES.new(estate.keys["next"], AES.MODE_CBC, iv=vector)
        assert unpad(cipher.decrypt(content), 16) == estate.plain[each.change.record]


def test_no_layout_no_writing() -> None:
    """A target of another length under which nothing opens: all are refused, each with the way out."""
    estate = two_keys(new=0)
    plan = estate.plan(estate.audited())
    assert plan.planned == {}
    assert states(plan)[:6] == ["refused"] * 6
    assert "layouts --known" in reason(plan, 0)
    proven = estate.plan(estate.audited(), supplied=SuppliedLayouts(proven=(GCM,)))
    assert states(proven)[:6] == ["re-encrypt"] * 6


def test_layouts_that_cannot_be_told_apart() -> None:
    """A longer secret is not written where ECB and CBC are alike; the short ones are."""
    chance = random.Random(2)
    short, texts = passwords(20, chance, longest=15), passwords(8, chance)
    values = [seal(ECB, NEW, text, chance) for text in short]
    values += [seal(BESIDE, OLD, text, chance) for text in texts]
    estate = Estate(MemoryStore(stored(values)))
    plan = estate.plan(estate.audited())
    assert {len(text) < 16 for text in texts} == {True, False}
    for row, text in enumerate(texts, 20):
        assert states(plan)[row] == ("re-encrypt" if len(text) < 16 else "refused")
        assert len(text) < 16 or "one known plain text settles it" in reason(plan, row)


def octopus(values: list[str], store: str) -> MemoryStore:
    frame = stored([each.encode() for each in values]).with_columns(
        pl.lit("octopus").alias("system"), pl.lit(store).alias("store"), pl.lit("document").alias("kind")
    )
    memory = MemoryStore(frame)
    memory.label = store
    return memory


def master_sealed(key: bytes, count: int, *, zero: bool) -> list[str]:
    chance = random.Random(count)
    vectors = [bytes(16) if zero else chance.randbytes(16) for _ in range(count)]
    return [
        f"{base64.b64encode(AES.new(key, AES.MODE_CBC, iv=vector).encrypt(padded(text))).decode()}"
        f"|{base64.b64encode(vector).decode()}"
        for vector, text in zip(vectors, passwords(count, chance), strict=True)
    ]


def padded(text: bytes) -> bytes:
    amount = 16 - len(text) % 16
    return text + bytes([amount]) * amount


def vectors_of(plan: Plan, store: str) -> list[bytes]:
    return [base64.b64decode(each.change.new.value.partition(b"|")[2]) for each in plan.planned[store]]


def test_vectors_of_zeros_stay_zeros_where_the_migrator_wrote_them() -> None:
    """What Octopus.Migrator exports has no other vector; the database beside it has fresh ones."""
    keys = {"old": base64.b64encode(OLD), "new": base64.b64encode(NEW)}
    export = octopus(master_sealed(OLD, 8, zero=True), "export")
    server = octopus(master_sealed(OLD, 9, zero=False), "server")
    server._frame = server._frame.with_columns(location=pl.format("/server/{}", pl.col("name")))
    found = judged([export, server], keys, "old")
    run_estate = Estate(export, keys, "old")
    run = run_estate.audited()
    credentials = pl.concat([run.credentials, Estate(server, keys, "old").audited().credentials])
    both = run.__class__(
        summary=run.summary.model_copy(
            update={"total": credentials.height, "verdicts": {"current": credentials.height}}
        ),
        credentials=credentials,
        findings=run.findings,
        unread=run.unread,
    )
    plan = found.plan(both)
    assert vectors_of(plan, "export") == [bytes(16)] * 8
    assert len(set(vectors_of(plan, "server"))) == 9


def test_one_odd_value_makes_no_vector_zero() -> None:
    """In GCM a vector of zeros for all would give everything away: CloudBees CD never gets one."""
    estate = two_keys(GCM)
    odd = StoredCiphertext(b"odd|AAAAAAAAAAAAAAAAAAAAAA==")
    estate.store.there["row 12"] = odd
    plan = estate.plan(estate.audited())
    nonces = {base64.b64decode(each.change.new.value)[:12] for each in plan.planned["test"]}
    assert len(nonces) == 6
    assert bytes(12) not in nonces


def test_a_vector_column_that_the_new_layout_lacks() -> None:
    """The row would keep a vector that means nothing: it stays as it is."""
    estate = two_keys(GCM)
    frame = estate.store._frame
    chance = random.Random(3)
    beside = Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE)
    parts = [seal(beside, OLD, text, chance).split(b"|") for text in passwords(8, chance)]
    more = stored([part[0] for part in parts]).with_columns(
        pl.Series("iv", [part[1] for part in parts], pl.Binary),
        record=pl.format("beside {}", pl.int_range(8)),
        location=pl.format("/beside/{}", pl.int_range(8)),
    )
    estate.store = MemoryStore(pl.concat([frame, more]))
    plan = estate.plan(estate.audited())
    assert states(plan)[14:] == ["refused"] * 8
    assert "column of its own" in reason(plan, 14)


def test_records_that_are_ruled_out() -> None:
    """What stands in the way of single records leaves them as they are, and says so; others go on."""
    estate = two_keys()
    plan = estate.plan(estate.audited())
    told = [
        Blocker(BlockerKind.TOO_SHORT, "the column is too short", ("row 1", "row 3", "row 8")),
        Blocker(BlockerKind.SESSIONS, "somebody is connected"),
    ]
    without = plan.without("test", told)
    assert [states(without)[row] for row in (0, 1, 2, 3, 8)] == [
        "re-encrypt", "refused", "re-encrypt", "refused", "already",
    ]  # fmt: skip
    assert reason(without, 1) == "the column is too short"
    assert [each.row for each in without.planned["test"]] == [0, 2, 4, 5]
    assert sum(without.counts().values()) == 14
    assert plan.without("test", told[1:]) is plan
    assert plan.without("another", told) is plan


def test_marks_tell_equal_texts_and_nothing_else() -> None:
    """Within one plan; another plan's say something else, and no text is in them."""
    macs = PlaintextMac()
    assert macs.mac(Secret(b"a")) == macs.mac(Secret(b"a")) != macs.mac(Secret(b"b"))
    assert PlaintextMac().mac(Secret(b"a")) != macs.mac(Secret(b"a"))


def test_a_plan_shows_no_value() -> None:
    """Neither what was read nor what is to be written, nor a key."""
    estate = two_keys()
    plan = estate.plan(estate.audited())
    shown = f"{plan!r} {plan.planned['test'][0]!r} {plan.planned['test'][0].change!r} {plan.table}"
    for each in plan.planned["test"]:
        assert each.change.old.value.decode() not in shown
        assert each.change.new.value.decode() not in shown
        assert estate.plain[each.change.record].decode() not in shown
    assert str(NEW) not in shown


SORTS: Final = ("old", "new", "foreign", "plain", "cut", "empty", "later", "twice")


@settings(max_examples=8, deadline=None)
@given(sorts=st.lists(st.sampled_from(SORTS), max_size=30), seed=st.integers(0, 1000))
def test_states_add_up_over_mixed_estates(sorts: list[str], seed: int) -> None:
    """Whatever lies there: a state for every value, and only old ones that the run knew are written."""
    chance = random.Random(seed)
    base = [("old", text) for text in passwords(6, chance)] + [("new", text) for text in passwords(6, chance)]
    items = base + list(zip(sorts, passwords(len(sorts), chance, longest=30), strict=True))
    before = [value_of(sort, text, chance) for sort, text in items]
    estate = Estate(MemoryStore(stored(before)))
    run = estate.audited()
    for number, (sort, text) in enumerate(items):
        if sort == "later":
            estate.store.there[f"row {number}"] = StoredCiphertext(
                seal(BESIDE, OLD, text + b" later on", chance)
            )
    plan = estate.plan(run)
    assert plan.table.height == len(items) == sum(plan.counts().values())
    assert Counter(states(plan)) == Counter({str(state): count for state, count in plan.counts().items()})
    written = {each.row for each in plan.planned.get("test", ())}
    assert written == {row for row, state in enumerate(states(plan)) if state == "re-encrypt"}
    sure = {number for number, (sort, text) in enumerate(items) if sort in {"old", "twice"} and len(text) > 8}
    assert sure <= written <= {number for number, (sort, _) in enumerate(items) if sort in {"old", "twice"}}


def value_of(sort: str, text: bytes, chance: random.Random) -> bytes | None:
    match sort:
        case "old" | "twice" | "later":
            return seal(BESIDE, OLD, text + b" and more", chance)
        case "new":
            return seal(BESIDE, NEW, text + b" and more", chance)
        case "foreign":
            return seal(BESIDE, FOREIGN, text, chance)
        case "plain":
            return text
        case "cut":
            return seal(BESIDE, OLD, text, chance)[:-5]
        case _:
            return None
