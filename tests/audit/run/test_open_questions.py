"""What one known plain text would settle, and the steps to it."""

import random

from audit.cloudbees.layouts import LAYOUTS
from audit.discovery.known_text import PROPOSED_TEXT, KnownText, prove
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import SuppliedLayouts, together
from audit.run.examine import ExaminedProduct, examine
from audit.run.open_questions import open_questions
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from reports.wording import question_in_words, settling_steps
from tests.support.sealing import UNKNOWN_VECTOR, candidate, passwords, ring_of, seal, stored

TAGS = SecretTags(Secret(bytes(16)))
OLD, NEW = candidate("old", bytes(range(16))), candidate("new", bytes(range(50, 82)), current=True)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
UNKNOWN = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
ZERO = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)


def values(key: Key, layout: Layout, count: int, seed: int = 1) -> list[bytes]:
    chance = random.Random(seed)
    texts = [text + b" and a block more" for text in passwords(count, chance)]
    return [seal(layout, key.content.reveal(), text, chance) for text in texts]


def examined(store: list[bytes], ring: KeyRing, supplied: SuppliedLayouts | None = None) -> ExaminedProduct:
    return examine([StoredValues(stored(store))], ring, TAGS, supplied or SuppliedLayouts())


def test_nothing_is_open_where_all_is_settled() -> None:
    """Texts behind a zero vector tell it themselves."""
    assert open_questions([examined(values(NEW, ZERO, 10), ring_of(NEW))]) == []


def test_a_question_for_each_key() -> None:
    """The current key's can be answered by a new credential, an older one's by a text that somebody knows."""
    ring = ring_of(NEW, OLD)
    store = [*values(NEW, FRONT, 5), *values(OLD, UNKNOWN, 40)]
    new, old = open_questions([examined(store, ring)])
    assert (new.key, new.values, new.proposed_text) == ("new", 5, PROPOSED_TEXT)
    assert {"aes-cbc/iv-front/base64/key-raw", "aes-cbc/iv-unknown/base64/key-raw"} <= set(new.layouts)
    assert (old.key, old.values, old.proposed_text) == ("old", 40, "")
    assert "not every byte of the text is settled" in question_in_words(old)
    assert any(PROPOSED_TEXT in command for _, command in settling_steps(new))
    assert any(old.example in command for _, command in settling_steps(old))


def test_a_store_that_nobody_understands() -> None:
    """One question, whatever keys were given."""
    (question,) = open_questions([examined(values(OLD, ZERO, 6), ring_of(NEW))])
    assert (question.key, question.values) == ("", 6)
    assert "no ciphertext layout" in question_in_words(question)


def test_the_proposed_text_answers_it() -> None:
    """Stored by the server under its key, it settles the whole store, and nothing stays open."""
    ring, store = ring_of(NEW), values(NEW, UNKNOWN, 5)
    proof = seal(UNKNOWN, NEW.content.reveal(), PROPOSED_TEXT.encode(), random.Random(2))
    known = KnownText(
        "/c", "cloudbees-cd", stored([proof]).select("value", "iv"), Secret(PROPOSED_TEXT.encode())
    )
    given = prove(known, ring.keys, LAYOUTS).gives
    supplied = together(SuppliedLayouts(), ((each.layout, NEW.fingerprint) for each in given))
    settled = examined(store, ring, supplied)
    assert open_questions([settled]) == []
    assert set(settled.frame["text_confidence"]) == {"proven"}


def test_what_is_proven_for_one_key_is_not_for_another() -> None:
    """A vector in front under the current key says nothing of an older server's two values."""
    ring = ring_of(NEW, OLD)
    supplied = together(SuppliedLayouts(), [(FRONT, NEW.fingerprint)])
    store = [*values(NEW, FRONT, 3), *values(OLD, UNKNOWN, 2)]
    frame = examined(store, ring, supplied).frame
    assert frame["text_confidence"].to_list() == ["proven"] * 3 + ["weak"] * 2
    assert frame["verdict"].to_list() == ["current"] * 3 + ["ambiguous"] * 2


def test_a_proof_that_settles_not_everything() -> None:
    """A text of the others must be known: a new credential would be like those that are."""
    newer = Layout(
        KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=bytes.fromhex("0177c2e98d3b5a6f4410fe27b9d08c3a")
    )
    supplied = together(SuppliedLayouts(), [(newer, NEW.fingerprint)])
    store = [*values(NEW, UNKNOWN, 25), *values(NEW, newer, 3, seed=5)]
    (question,) = open_questions([examined(store, ring_of(NEW), supplied)])
    assert (question.values, question.settled, question.proposed_text) == (25, 3, "")
    places = [int(each.rpartition("/c")[2]) for each in question.candidates]
    assert len(places) == 3
    assert all(place < 25 for place in places)
    longest = max(map(len, store[:25]))
    assert len(store[places[0]]) == longest
    words = question_in_words(question)
    assert "the texts of 3 values are known; 25 more values open with certainty" in words
    steps = list(settling_steps(question))
    assert not any("create a credential" in sentence for sentence, _ in steps)
    assert any("\n".join(question.candidates) == command for _, command in steps)


def test_a_known_text_of_an_old_value_settles_the_rest() -> None:
    """The second text proves the older constant, and nothing stays open."""
    newer = Layout(
        KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=bytes.fromhex("0177c2e98d3b5a6f4410fe27b9d08c3a")
    )
    older = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=UNKNOWN_VECTOR)
    supplied = together(SuppliedLayouts(), [(newer, NEW.fingerprint), (older, NEW.fingerprint)])
    store = [*values(NEW, UNKNOWN, 25), *values(NEW, newer, 3, seed=5)]
    of = examined(store, ring_of(NEW), supplied)
    assert open_questions([of]) == []
    assert set(of.frame["text_confidence"]) == {"proven"}


def test_no_key_is_known_to_be_current() -> None:
    """Then nobody knows what a new credential would be encrypted under: a text of these is asked for."""
    (question,) = open_questions(
        [examined(values(OLD, ZERO, 6), ring_of(candidate("other", bytes(range(60, 76)))))]
    )
    assert (question.key, question.proposed_text) == ("", "")
    assert len(question.candidates) == 3
