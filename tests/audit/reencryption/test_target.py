"""In which layout new values are written: what the data show, and nothing else."""

import base64
import hashlib
import random
from dataclasses import replace
from typing import Final

import polars as pl
import pytest

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import make_key_ring
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.layouts.wrapper import Wrapper
from audit.reencryption.adopted_layout import names_key
from audit.reencryption.cipher import open_value
from audit.reencryption.new_layout import NewLayout, NotEstablished
from audit.reencryption.target import layouts_for
from parsers.secret import Secret
from tests.audit.reencryption.by_openssl import opened_by_openssl
from tests.audit.reencryption.estate import (
    BESIDE,
    ECB,
    FRONT,
    GCM,
    NEW,
    OLD,
    OTHER_NEW,
    ZERO,
    judged,
    key_files,
)
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import UNKNOWN_VECTOR, passwords, seal, stored

KEYS: Final = {"old": OLD, "new": NEW}
SHORT: Final = Secret(b"short")
UNKNOWN: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
MANY: Final = 60
"""So many values show that each has a vector of its own in front."""

LONG: Final = Secret(b"a secret of more than a block")


def sealed(layout: Layout, key: bytes, count: int = 8, *, longest: int = 40, kind: str = "") -> pl.DataFrame:
    chance = random.Random(f"{layout.name} {key!r} {kind}")
    values = [seal(layout, key, text, chance) for text in passwords(count, chance, longest=longest)]
    return of_kind(stored(values, layout), kind or "credential")


def of_kind(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    return frame.with_columns(pl.lit(kind).alias("kind"))


def chosen(
    *frames: pl.DataFrame,
    to: str = "new",
    keys: dict[str, bytes] | None = None,
    supplied: SuppliedLayouts = NOTHING_SUPPLIED,
    current: str = "",
    export: pl.DataFrame | None = None,
) -> dict[str, NewLayout | NotEstablished]:
    """Of a store of these frames, and an `export` that says how the server writes."""
    stores = [MemoryStore(numbered(pl.concat(frames)))]
    if export is not None:
        there = export.with_columns(store=pl.lit("export"))
        stores.append(MemoryStore(numbered(there)))
        stores[-1].label = "export"
    found = judged(stores, keys or KEYS, current or to, supplied)
    target = found.ring.find(to)
    assert target is not None
    values = pl.concat([batch.frame.select("value", "iv") for batch in found.reading.batches])
    return dict(layouts_for(target, found.examined, values, supplied, ["export"]))


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(pl.len())
    return frame.with_columns(record=pl.format("row {}", number), location=pl.format("/at/{}", number))


def layout_in(found: dict[str, NewLayout | NotEstablished], kind: str = "credential") -> NewLayout:
    new = found[kind]
    assert isinstance(new, NewLayout), new
    return new


def refusal_in(found: dict[str, NewLayout | NotEstablished], kind: str = "credential") -> NotEstablished:
    refused = found[kind]
    assert isinstance(refused, NotEstablished), refused
    return refused


@pytest.mark.parametrize("layout", [ECB, ZERO, BESIDE, GCM], ids=lambda layout: layout.name)
def test_the_targets_own_values_show_it(layout: Layout) -> None:
    """Whatever layout values under the old key lie in, new ones follow those of the target key."""
    found = layout_in(chosen(sealed(ECB, OLD), sealed(layout, NEW)))
    assert found.hypothesis.layout == layout
    assert found.hypothesis.aes_key == Secret(NEW)
    assert found.basis == "8 values under new lie in it"
    new = found.encrypt(LONG)
    assert new is not None
    assert open_value(new, found.hypothesis) == LONG


def test_few_vectors_in_front_leave_the_layout_open() -> None:
    """One constant vector may stand there as well: nothing is written, as each writes another value."""
    found = layout_in(chosen(sealed(ECB, OLD), sealed(FRONT, NEW)))
    assert {FRONT, UNKNOWN} <= {each.layout for each in found.alike}
    assert found.encrypt(LONG) is None
    assert found.encrypt(SHORT) is None


@pytest.mark.parametrize(
    ("count", "supplied"),
    [(MANY, NOTHING_SUPPLIED), (8, SuppliedLayouts(proven=(FRONT,)))],
    ids=["many", "proven"],
)
def test_vectors_in_front_that_are_settled(count: int, supplied: SuppliedLayouts) -> None:
    """Many values show that each has its own, and so does a known text: then the whole text is written."""
    found = layout_in(chosen(sealed(ECB, OLD), sealed(FRONT, NEW, count), supplied=supplied))
    assert [each.layout for each in found.alike] == [FRONT]
    for text in (SHORT, LONG):
        new = found.encrypt(text)
        assert new is not None
        content = base64.b64decode(new.value)
        assert opened_by_openssl(NEW, content[:16], content[16:]) == text.reveal()


def test_each_kind_follows_its_own() -> None:
    """Credentials in one layout and users in another stay apart; a kind that shows none follows all."""
    found = chosen(sealed(GCM, NEW), sealed(FRONT, NEW, kind="user"), of_kind(sealed(ECB, OLD), "credential"))
    assert layout_in(found).hypothesis.layout == GCM
    assert layout_in(found, "user").hypothesis.layout == FRONT
    only_credentials = chosen(sealed(GCM, NEW), sealed(ECB, OLD, kind="user"))
    assert layout_in(only_credentials, "user").hypothesis.layout == GCM


def test_two_layouts_are_refused_by_name() -> None:
    """The target key's values of one kind in two layouts leave a choice, which nobody here may make."""
    refused = refusal_in(chosen(sealed(GCM, NEW), sealed(FRONT, NEW)))
    assert GCM.name in refused.reason
    assert FRONT.name in refused.reason
    assert "--like" in refused.hint
    assert "one known plain text" not in refused.hint
    among_others = chosen(
        sealed(GCM, NEW), sealed(FRONT, NEW, kind="user"), sealed(ECB, OLD, kind="email-config")
    )
    assert GCM.name in refusal_in(among_others, "email-config").reason


def test_another_keys_layout_serves_a_key_of_its_length() -> None:
    """Nothing opens under the target yet: values under a key as long show how it is done."""
    found = layout_in(chosen(sealed(FRONT, NEW), to="next", keys={"new": NEW, "next": OTHER_NEW}))
    assert found.hypothesis.layout == FRONT
    assert found.hypothesis.aes_key == Secret(OTHER_NEW)
    assert "values under new lie in it" not in found.basis
    assert "those under new lie in it" in found.basis


def test_a_key_of_another_length_shows_nothing() -> None:
    """The product changed its layout with the key's length once already (9.2), so that is no evidence."""
    refused = refusal_in(chosen(sealed(FRONT, OLD)))
    assert "of 128 bits" in refused.reason
    assert "layouts --known" in refused.hint


def test_several_layouts_of_other_keys_are_refused() -> None:
    """Two keys of the target's length in two layouts: which one it will be, nothing says."""
    refused = refusal_in(
        chosen(
            sealed(FRONT, NEW),
            sealed(GCM, OTHER_NEW),
            to="next",
            keys={"new": NEW, "newer": OTHER_NEW, "next": bytes(range(7, 39))},
        )
    )
    assert "several" in refused.reason


def test_a_proven_layout_serves_where_nothing_opens() -> None:
    """A known plain text has proven it: the length of the key does not matter then."""
    found = layout_in(chosen(sealed(FRONT, OLD), supplied=SuppliedLayouts(proven=(GCM,))))
    assert found.hypothesis.layout == GCM
    assert "known plain text" in found.basis


CONSTANT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=UNKNOWN_VECTOR)
ANOTHER: Final = replace(CONSTANT, constant_iv=bytes(range(160, 176)))
NEXT: Final = {"new": NEW, "next": OTHER_NEW}


def proven_for(key: bytes, *layouts: Layout) -> SuppliedLayouts:
    """By a text of a value under this key file."""
    under = frozenset({hashlib.sha1(key).hexdigest()})
    return SuppliedLayouts(proven=layouts, proven_under=dict.fromkeys(layouts, under))


@pytest.mark.parametrize("layout", [ECB, GCM], ids=lambda layout: layout.name)
def test_a_text_of_an_old_value_does_not_decide_for_a_new_key(layout: Layout) -> None:
    """The current key's values lie in two layouts: the proven one of them may be an older server's."""
    old = sealed(CONSTANT, NEW, 6)
    found = chosen(
        sealed(layout, NEW, 40), old, to="next", keys=NEXT, current="new", supplied=proven_for(NEW, CONSTANT)
    )
    refused = refusal_in(found)
    assert layout.name in refused.reason
    assert CONSTANT.name in refused.reason
    assert "--like" in refused.hint


def test_an_export_of_a_new_credential_says_which() -> None:
    """Of two layouts under the current key the one is taken in which its server writes now."""
    found = chosen(
        sealed(GCM, NEW, 20),
        sealed(CONSTANT, NEW, 6),
        to="next",
        keys=NEXT,
        current="new",
        supplied=proven_for(NEW, CONSTANT),
        export=sealed(GCM, NEW, 1, kind="user"),
    )
    assert layout_in(found).hypothesis.layout == GCM
    assert layout_in(found).hypothesis.aes_key == Secret(OTHER_NEW)


@pytest.mark.parametrize("layout", [CONSTANT, ANOTHER], ids=["first", "second"])
def test_an_export_settles_what_two_texts_have_proven(layout: Layout) -> None:
    """Both vectors are proven for the target: no further text helps, and a credential of now does."""
    frames = [sealed(each, NEW, 8) for each in (CONSTANT, ANOTHER)]
    supplied = proven_for(NEW, CONSTANT, ANOTHER)
    refused = refusal_in(chosen(*frames, supplied=supplied))
    assert CONSTANT.name in refused.reason
    assert ANOTHER.name in refused.reason
    assert "--like" in refused.hint
    assert "known" not in refused.hint
    export = sealed(layout, NEW, 2, kind="user")
    found = layout_in(chosen(*frames, supplied=supplied, export=export))
    assert found.hypothesis.layout == layout


def test_the_current_key_goes_before_others() -> None:
    """An older key's layout does not count where the current key's values show the server's."""
    found = layout_in(
        chosen(
            sealed(FRONT, OTHER_NEW, 20),
            sealed(GCM, NEW),
            to="next",
            keys={"older": OTHER_NEW, "new": NEW, "next": bytes(range(7, 39))},
            current="new",
        )
    )
    assert found.hypothesis.layout == GCM


def test_a_proof_under_another_key_says_nothing() -> None:
    """Neither of a key of another length, nor one that is not there: as if there were no proof."""
    upgrade = refusal_in(chosen(sealed(CONSTANT, OLD, 20), supplied=proven_for(OLD, CONSTANT)))
    assert "of 128 bits" in upgrade.reason
    elsewhere = chosen(
        sealed(GCM, NEW), to="next", keys=NEXT, current="new", supplied=proven_for(bytes(16), CONSTANT)
    )
    assert layout_in(elsewhere).hypothesis.layout == GCM


def test_a_proof_under_the_target_itself_is_taken() -> None:
    """In whichever layout other keys' values lie, and whatever their length."""
    found = layout_in(chosen(sealed(GCM, OLD), supplied=proven_for(NEW, CONSTANT)))
    assert found.hypothesis.layout == CONSTANT
    two = refusal_in(chosen(sealed(GCM, OLD), supplied=proven_for(NEW, CONSTANT, ANOTHER)))
    assert "more than one" in two.reason


def test_a_vector_seen_under_one_key_is_not_copied() -> None:
    """It may be the key's MD5, which another key does not have; seen under two it is the program's own."""
    md5 = replace(CONSTANT, constant_iv=hashlib.md5(NEW).digest())
    one = chosen(sealed(md5, NEW, 12), to="next", keys=NEXT, current="new", supplied=proven_for(NEW, md5))
    refused = refusal_in(one)
    assert "one key alone" in refused.reason
    assert "--like" in refused.hint
    both = frozenset(hashlib.sha1(key).hexdigest() for key in (NEW, OTHER_NEW))
    two = chosen(
        sealed(CONSTANT, NEW, 12),
        sealed(CONSTANT, OTHER_NEW, 12),
        to="next",
        keys={"new": NEW, "older": OTHER_NEW, "next": bytes(range(7, 39))},
        current="new",
        supplied=SuppliedLayouts(proven=(CONSTANT,), proven_under={CONSTANT: both}),
    )
    assert layout_in(two).hypothesis.layout == CONSTANT


def test_a_layout_proven_everywhere_gives_way_to_what_the_values_show() -> None:
    """Whoever wrote `proven` by hand may have meant old values: those of the current key decide."""
    supplied = SuppliedLayouts(proven=(CONSTANT,))
    refused = refusal_in(chosen(sealed(GCM, NEW), to="next", keys=NEXT, current="new", supplied=supplied))
    assert GCM.name in refused.reason
    assert CONSTANT.name in refused.reason
    same = chosen(sealed(CONSTANT, NEW), to="next", keys=NEXT, current="new", supplied=supplied)
    assert layout_in(same).hypothesis.layout == CONSTANT


@pytest.mark.parametrize(
    ("layout", "named"),
    [
        (replace(ECB, prefix=hashlib.sha1(NEW).digest()[:4]), True),
        (replace(ECB, prefix=hashlib.sha1(NEW).digest()[3:9]), True),
        (replace(ECB, prefix=hashlib.sha1(NEW).digest()[:3]), False),
        (replace(ECB, wrapper=Wrapper(b"{" + hashlib.sha1(NEW).hexdigest()[:6].encode() + b"}")), True),
        (replace(ECB, wrapper=Wrapper(b"{new}")), True),
        (replace(ECB, wrapper=Wrapper(b"{renewed}")), False),
        (replace(ECB, wrapper=Wrapper(b"{passkey1}")), True),
        (replace(ECB, wrapper=Wrapper(b"{AES}")), False),
    ],
)
def test_what_names_a_key(layout: Layout, named: bool) -> None:
    """A part of the fingerprint that is no chance, or the label of the file."""
    key = make_key_ring(
        CLOUDBEES_CD,
        key_files({"new": NEW, "passkey1": NEW}),
        current_label=None,
        seen=[],
    ).keys[0]
    assert names_key(layout, key) is named


def test_a_prefix_that_names_a_key_is_not_copied() -> None:
    """Values under the next key would say that they are under this one."""
    named = replace(ECB, prefix=hashlib.sha1(NEW).digest()[:4])
    refused = refusal_in(chosen(sealed(named, NEW, 20), to="next", keys=NEXT, current="new"))
    assert "names that key" in refused.reason
    plain = replace(ECB, prefix=b"\x01\x02\x03\x04")
    found = layout_in(chosen(sealed(plain, NEW, 20), to="next", keys=NEXT, current="new"))
    assert found.hypothesis.layout.prefix == plain.prefix


def test_a_proven_layout_that_the_key_does_not_have() -> None:
    """A file of raw bytes is no hex: there is no key in that layout."""
    in_hex = Layout(KeyForm.HEX, Mode.CBC, Iv.FRONT)
    refused = refusal_in(chosen(sealed(FRONT, OLD), supplied=SuppliedLayouts(proven=(in_hex,))))
    assert "no AES key" in refused.reason


def test_alike_layouts_write_only_what_they_agree_on() -> None:
    """Secrets of one block do not tell ECB from CBC with zeros: a short one is the same in both."""
    found = layout_in(chosen(sealed(ECB, NEW, 20, longest=15), sealed(FRONT, OLD)))
    assert {each.layout.mode for each in found.alike} == {Mode.ECB, Mode.CBC}
    short = found.encrypt(SHORT)
    assert short is not None
    assert seal(ECB, NEW, SHORT.reveal(), random.Random()) == short.value
    assert found.encrypt(LONG) is None


def test_an_unknown_constant_vector_is_refused() -> None:
    """Nothing can be written behind a vector that nobody knows."""
    chance = random.Random(1)
    texts = [text + b" and a block or two behind" for text in passwords(30, chance)]
    values = stored([seal(UNKNOWN, NEW, text, chance) for text in texts])
    found = layout_in(chosen(values))
    assert found.hypothesis.layout == UNKNOWN
    assert found.encrypt(SHORT) is None
    assert found.encrypt(LONG) is None


@pytest.mark.parametrize("proven_by_own_values", [True, False])
def test_hex_in_capitals_stays_in_capitals(proven_by_own_values: bool) -> None:
    """As the store writes hex: whether the target key's own values show it, or another key's."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, Encoding.HEX)
    frame = sealed(layout, NEW, MANY)
    capitals = frame.with_columns(pl.Series("value", [each.upper() for each in frame["value"]], pl.Binary))
    to = "new" if proven_by_own_values else "next"
    keys = {"new": NEW, "next": OTHER_NEW}
    upper, lower = layout_in(chosen(capitals, to=to, keys=keys)), layout_in(chosen(frame, to=to, keys=keys))
    assert upper.notation.upper
    assert not lower.notation.upper
    new = upper.encrypt(LONG)
    assert new is not None
    assert new.value == new.value.upper()


def test_capitals_of_another_layout_do_not_count() -> None:
    """Base64 has capitals always: hex beside it is still written small."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, Encoding.HEX)
    found = layout_in(chosen(sealed(layout, NEW), sealed(GCM, NEW, kind="user")))
    assert found.hypothesis.layout == layout
    assert not found.notation.upper


@pytest.mark.parametrize("encoding", [Encoding.BASE64, Encoding.BASE64_URL])
def test_base64_without_padding(encoding: Encoding) -> None:
    """It is left out where the store leaves it out, and where no value needs any it stays the rule."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, encoding)
    frame = sealed(layout, NEW, 20)
    bare = frame.with_columns(pl.Series("value", [each.rstrip(b"=") for each in frame["value"]], pl.Binary))
    assert not layout_in(chosen(bare)).notation.padded
    assert layout_in(chosen(frame)).notation.padded
    # 48 bytes are 64 letters in either form: nothing speaks against the padded one.
    chance = random.Random(4)
    texts = [text[:20].ljust(20, b"x") for text in passwords(10, chance)]
    even = stored([seal(layout, NEW, text, chance) for text in texts])
    assert layout_in(chosen(even)).notation.padded


def test_padding_beside_a_bar_and_in_a_wrapper() -> None:
    """The length of the whole value says nothing: of what stands inside, in front of a `|`, it does."""
    beside = sealed(BESIDE, NEW)
    assert all(len(value) % 4 for value in beside["value"])
    assert layout_in(chosen(beside)).notation.padded
    frame = sealed(FRONT, NEW, 20)
    inside = pl.Series("value", [b"{AES}" + each for each in frame["value"]], pl.Binary)
    found = layout_in(chosen(frame.with_columns(inside)))
    assert found.hypothesis.layout.wrapper == Wrapper(b"{AES}")
    assert found.notation.padded
    new = found.encrypt(LONG)
    assert new is not None
    assert new.value.startswith(b"{AES}")


@pytest.mark.parametrize("to", ["new", "next"])
def test_a_vector_in_a_column_of_its_own(to: str) -> None:
    """It goes into the column where the store has one, also under a key that nothing shows yet."""
    frame = sealed(BESIDE, NEW)
    parts = [value.split(b"|") for value in frame["value"]]
    beside = frame.with_columns(
        pl.Series("value", [part[0] for part in parts], pl.Binary),
        pl.Series("iv", [part[1] for part in parts], pl.Binary),
    )
    keys = {"new": NEW, "next": OTHER_NEW}
    column = layout_in(chosen(beside, to=to, keys=keys)).encrypt(LONG)
    assert column is not None
    assert column.iv is not None
    assert len(base64.b64decode(column.iv)) == 16
    bar = layout_in(chosen(frame, to=to, keys=keys)).encrypt(LONG)
    assert bar is not None
    assert bar.iv is None
    assert bar.value.count(b"|") == 1


def test_octopus_is_published() -> None:
    """Octopus' layout needs no evidence, only a master key."""
    master = base64.b64encode(NEW)
    layout = Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE)
    frame = sealed(layout, OLD).with_columns(pl.lit("octopus").alias("system"))
    keys = {"old": base64.b64encode(OLD), "new": master}
    found = layout_in(chosen(frame, keys=keys))
    assert found.hypothesis.layout == layout
    assert found.hypothesis.aes_key == Secret(NEW)
    none = refusal_in(chosen(frame, to="passkey", keys={"old": base64.b64encode(OLD), "passkey": NEW}))
    assert "no master key" in none.reason


def test_nothing_secret_in_a_repr() -> None:
    """The target is kept by value in a plan: its text shows neither key nor vector."""
    found = layout_in(chosen(sealed(GCM, NEW)))
    shown = f"{found!r} {found.encrypt(LONG)!r}"
    assert NEW.hex() not in shown
    assert str(NEW) not in shown
