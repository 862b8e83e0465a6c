"""When each passkey was in use."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_periods import key_periods
from audit.keys.key_ring import KeyRing, make_key_ring
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

HISTORY = "ec_configuration_history"
EXPORT = "legacy.xml passkey attribute"
A, B, C = "a" * 40, "b" * 40, "c" * 40
KEY = hashlib.sha1(b"key").hexdigest()


def ring(*contents: bytes) -> KeyRing:
    files = [
        KeyFile(f"k{number}", "x", Secret(content), None, hashlib.sha1(content).hexdigest(), ())
        for number, content in enumerate(contents)
    ]
    return make_key_ring(CLOUDBEES_CD, files, current_label=None, seen=())


def told(*seen: FingerprintSeen) -> list[tuple[str, str, str, str, bool, str]]:
    return [
        (each.fingerprint, each.label, each.begin, each.end, each.now, each.basis)
        for each in key_periods(seen, ring(b"key"))
    ]


def test_each_follows_the_one_before() -> None:
    """A passkey came into use when the one before it was used last; the newest is in use now."""
    assert told(
        FingerprintSeen(HISTORY, KEY, "2024-01-01 00:00:00"),
        FingerprintSeen(HISTORY, A, "2019-05-01 10:00:00"),
        FingerprintSeen(HISTORY, B, "1614834367000"),
    ) == [
        (A, "", "", "2019-05-01T10:00:00", False, "history"),
        (B, "", "2019-05-01T10:00:00", "2021-03-04T05:06:07", False, "history"),
        (KEY, "k0", "2021-03-04T05:06:07", "2024-01-01T00:00:00", True, "history"),
    ]


def test_exports_and_logs_give_sightings() -> None:
    """What the history does not have is dated by where it was met, if that has a date."""
    assert told(
        FingerprintSeen(EXPORT, C, ""),
        FingerprintSeen("log: the database's", A, "2021-03-04T05:07:07.089"),
        FingerprintSeen("log of node1: the database's", A, "2021-03-05T05:07:07.089"),
    ) == [
        (A, "", "2021-03-04T05:07:07.089", "2021-03-05T05:07:07.089", False, "sightings"),
        (C, "", "", "", False, "sightings"),
    ]


def test_the_history_outweighs_sightings() -> None:
    """A fingerprint that the history dates has that period alone, wherever else it stands."""
    seen = FingerprintSeen(HISTORY, A, "2019-05-01"), FingerprintSeen(EXPORT, A, "2022-01-01")
    assert told(*seen) == [(A, "", "", "2019-05-01", True, "history")]


def test_one_that_came_back() -> None:
    """A passkey that stands twice in the history counts with its latest use."""
    seen = [FingerprintSeen(HISTORY, name, when) for name, when in ((A, "2019"), (B, "2020"), (A, "2021"))]
    assert [(name, begin, end) for name, _, begin, end, _, _ in told(*seen)] == [
        (B, "", "2020"),
        (A, "2020", "2021"),
    ]


sightings = st.builds(
    FingerprintSeen,
    st.sampled_from([HISTORY, EXPORT, "log: the database's"]),
    st.sampled_from([A, B, C, "xx"]),
    st.sampled_from(["", "2020-01-01", "2021-01-01 00:00:00"]),
)


@given(st.lists(sightings).flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen))))
def test_order_does_not_count(orders: tuple[list[FingerprintSeen], list[FingerprintSeen]]) -> None:
    """Sightings in another order give the same periods: one a fingerprint, one at most in use now."""
    first, second = (key_periods(seen, ring()) for seen in orders)
    assert first == second
    assert len({each.fingerprint for each in first}) == len(first)
    assert sum(each.now for each in first) <= 1
