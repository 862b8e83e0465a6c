"""What becomes of a value, by what was judged then and now."""

from itertools import product

import polars as pl
import pytest

from audit.reencryption.make_plan import with_states
from audit.reencryption.state import State
from audit.verdict import Confidence, Verdict
from tests.support.sealing import candidate

TARGET = candidate("new", bytes(32), current=True)
PLACE = {"system": "cloudbees-cd", "location": "/a"}


def value(
    verdict: Verdict,
    opened_by: str = "",
    confidence: Confidence = Confidence.NONE,
    *,
    digest: str = "d",
    location: str = "/a",
    text: Confidence | None = None,
) -> dict[str, str]:
    """A value whose text is as certain as its key, unless it is said otherwise."""
    return PLACE | {
        "location": location,
        "value_digest": digest,
        "verdict": verdict,
        "opened_by": opened_by,
        "confidence": confidence,
        "text_confidence": text or confidence,
        "layout": "aes-ecb/base64/key-raw",
        "reason": "as judged",
    }


def judged(*rows: dict[str, str], whole: bool = False) -> pl.DataFrame:
    return pl.DataFrame(list(rows)).with_columns(whole=pl.lit(whole))


def state(
    now: dict[str, str], then: dict[str, str] | None, *, also: list[str] | None = None, whole: bool = False
) -> State:
    empty = pl.DataFrame(schema=dict.fromkeys(now, pl.String))
    run = pl.DataFrame([then]) if then else empty
    stated = with_states(judged(now, whole=whole), run, TARGET, also or [])
    assert stated.height == 1
    return State(stated["state"][0])


OPENS = value(Verdict.OLDER_KEY, "old", Confidence.STRONG)


def test_what_opens_now_and_opened_then_is_re_encrypted() -> None:
    """The same value, opened with certainty both times; a current one too, for that is a rotation."""
    assert state(OPENS, OPENS) is State.RE_ENCRYPT
    current = value(Verdict.CURRENT, "old", Confidence.PROVEN)
    assert state(current, current) is State.RE_ENCRYPT


def test_another_value_than_was_judged_is_left() -> None:
    """Its digest differs, or the run does not know the place at all."""
    assert state(OPENS, value(Verdict.OLDER_KEY, digest="other")) is State.CHANGED
    assert state(OPENS, None) is State.CHANGED
    assert state(OPENS, OPENS | {"location": "/b"}) is State.CHANGED
    assert state(OPENS, OPENS | {"system": "octopus"}) is State.CHANGED


@pytest.mark.parametrize(
    "then", [each for each in Verdict if each not in {Verdict.CURRENT, Verdict.OLDER_KEY}]
)
def test_what_the_run_could_not_open_is_refused(then: Verdict) -> None:
    """It opens today, but people decided by what the run said."""
    assert state(OPENS, value(then)) is State.REFUSED
    assert state(OPENS, value(then), also=["/a"]) is State.RE_ENCRYPT


def test_under_the_target_already() -> None:
    """Whatever the run said: there is nothing to do."""
    now = value(Verdict.CURRENT, "new", Confidence.STRONG)
    assert state(now, None) is State.ALREADY
    assert state(now, value(Verdict.LOST)) is State.ALREADY


def test_a_weak_opening_is_taken_only_where_it_is_asked_for() -> None:
    """And never where nothing opens it, or where it opens under the target itself."""
    weak = value(Verdict.AMBIGUOUS, "old", Confidence.WEAK, text=Confidence.STRONG)
    assert state(weak, weak) is State.UNSURE
    assert state(weak, weak, also=["/b"]) is State.UNSURE
    assert state(weak, weak, also=["/a"]) is State.RE_ENCRYPT
    assert state(weak, weak | {"value_digest": "other"}, also=["/a"]) is State.CHANGED
    no_text = value(Verdict.AMBIGUOUS, "old", Confidence.WEAK)
    assert state(no_text, no_text, also=["/a"]) is State.REFUSED
    target = value(Verdict.AMBIGUOUS, "new", Confidence.WEAK)
    assert state(target, target) is State.UNSURE
    assert state(target, target, also=["/a"]) is State.ALREADY
    lost = value(Verdict.LOST)
    assert state(lost, lost, also=["/a"]) is State.LEFT


def test_only_certainty_is_written() -> None:
    """Over all verdicts, confidences and keys: nothing unsure is ever to be written unasked."""
    for verdict, confidence, text, key in product(Verdict, Confidence, Confidence, ["", "old", "new"]):
        now = value(verdict, key, confidence, text=text)
        found = state(now, now)
        sure = confidence in {Confidence.STRONG, Confidence.PROVEN}
        opens = verdict in {Verdict.CURRENT, Verdict.OLDER_KEY}
        if found is State.RE_ENCRYPT:
            assert sure
            assert text in {Confidence.STRONG, Confidence.PROVEN}
            assert opens
            assert key != "new"
        if verdict in {Verdict.EMPTY, Verdict.EXTERNAL}:
            assert found is State.NOTHING
        if verdict in {Verdict.LOST, Verdict.UNKNOWN, Verdict.DAMAGED, Verdict.PLAIN_TEXT}:
            assert found is State.LEFT


def test_a_text_that_is_not_known_whole_is_refused() -> None:
    """However sure the key is, asked for or not; the reason says what settles it."""
    for sure, text in product((Confidence.STRONG, Confidence.PROVEN), (Confidence.WEAK, Confidence.NONE)):
        for verdict in (Verdict.OLDER_KEY, Verdict.CURRENT):
            now = value(verdict, "old", sure, text=text)
            assert state(now, now) is State.REFUSED
            assert state(now, now, also=["/a"]) is State.REFUSED
    now = value(Verdict.AMBIGUOUS, "old", Confidence.STRONG, text=Confidence.WEAK)
    assert state(now, now) is State.UNSURE
    assert state(now, now, also=["/a"]) is State.REFUSED
    stated = with_states(judged(now), pl.DataFrame([now]), TARGET, ["/a"])
    assert "not every byte of the text is settled" in stated["reason"][0]
    assert "layouts --known" in stated["reason"][0]


def test_a_weak_opening_that_is_asked_for_is_written_if_it_gives_the_whole_text() -> None:
    """Its text is not surer than its opening; whoever asks for it vouches for that."""
    now = value(Verdict.AMBIGUOUS, "old", Confidence.WEAK)
    assert state(now, now, whole=True) is State.UNSURE
    assert state(now, now, also=["/a"]) is State.REFUSED
    assert state(now, now, also=["/a"], whole=True) is State.RE_ENCRYPT


def test_encrypted_twice_under_the_target_is_not_done() -> None:
    """Its outer key is the target, and an older one opens what is inside: it is written to the inner text."""
    twice = value(Verdict.OLDER_KEY, "new", Confidence.STRONG) | {"layout": "aes-ecb/base64 > aes-ecb/base64"}
    assert state(twice, twice) is State.RE_ENCRYPT


def test_a_place_that_stands_twice_in_the_run_gives_one_row() -> None:
    """Copies of a credential in two stores: no value is doubled by being looked up."""
    run = pl.DataFrame([OPENS, OPENS, OPENS | {"value_digest": "other"}])
    assert with_states(judged(OPENS, OPENS), run, TARGET, []).height == 2
