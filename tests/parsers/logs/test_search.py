"""The search finds what the plain reference finds, however the bytes come."""

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.logs.search import Bounds, Matcher, RawEntry, SearchResult, search
from tests.parsers.logs import reference
from tests.parsers.logs.streams import Pieces

PHRASES = ["Corrupted credentials:", "Can not decrypt user", "InvalidPasskey"]
START = b"2021-03-04T05:06:07.089 | INFO  | Thread-1 | "
WRAPPER = b"INFO   | jvm 1    | 2019/09/05 13:25:31.469 | "


def found(data: bytes, bounds: Bounds, piece: int = 1 << 30) -> tuple[list[RawEntry], SearchResult]:
    entries: list[RawEntry] = []
    return entries, search(Pieces(data, piece), Matcher(PHRASES), entries.extend, bounds)


pieces = st.one_of(
    st.sampled_from(
        [START, WRAPPER, b"\n", b"\r\n", b"\n\n", b"\tat a.b.C(C.java:1)\n", b"x" * 300, b"y" * 1500,
         b"\x00\xff", b"2021-03-04T05:06:07", b"Caused by: ", b"INFO   | jvm 1    | "]
    ),
    st.sampled_from([phrase.encode() for phrase in PHRASES]),
    st.sampled_from([b"Corrupted", b" credentials:", b"Invalid", b"InvalidInvalidPasskey"]),
    st.binary(max_size=20),
)  # fmt: skip
logs = st.lists(pieces, max_size=60).map(b"".join)


@st.composite
def bounds_with_small_chunks(draw: st.DrawFn) -> Bounds:
    line = draw(st.one_of(st.integers(1, 500), st.just(Bounds().line)))
    lookback = draw(st.one_of(st.integers(1, 500), st.just(Bounds().lookback)))
    return Bounds(line=line, lookback=lookback, chunk=draw(st.integers(1, min(line, 700))))


@settings(max_examples=300, deadline=None)
@given(data=logs, bounds=bounds_with_small_chunks(), piece=st.integers(1, 400))
def test_equals_the_reference(data: bytes, bounds: Bounds, piece: int) -> None:
    """Entries, offsets, line numbers and counts are the reference's, in any chunks and within any bounds."""
    entries, searched = found(data, bounds, piece)
    assert entries == reference.entries_with([p.encode() for p in PHRASES], data, bounds)
    assert searched.size == len(data)
    assert searched.lines == reference.line_count(data)
    assert searched.skipped == reference.skipped(data, bounds)
    assert searched.head == data[: bounds.lookback]
    assert searched.tail == data[-bounds.lookback :]
