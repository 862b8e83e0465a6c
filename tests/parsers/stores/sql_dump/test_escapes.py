"""Many strings at once against one by one."""

from hypothesis import given
from hypothesis import strategies as st

from parsers.stores.sql_dump.escapes import mysql_text, mysql_texts

PIECES = st.sampled_from(
    [b"a", b"\\\\", b"\\'", b"\\0", b"\\n", b"\\Z", b'\\"', b"\\%", b"\\q", b"S", b"B", b"N", b'"', b"''"]
)
INSIDES = st.lists(st.lists(PIECES, max_size=6), min_size=1, max_size=6)


@given(insides=INSIDES, opening=st.sampled_from([b"'", b"_binary '"]))
def test_all_at_once_as_one_by_one(insides: list[list[bytes]], opening: bytes) -> None:
    """What is read at once is what each string stands for; what cannot be is left to the slower way."""
    joined = b"\0".join(opening + b"".join(inside) + b"'" for inside in insides)
    found = mysql_texts(joined, len(insides), opening)
    unusual = any(piece in (b"''", b"\\%", b"\\q") for inside in insides for piece in inside)
    assert found or unusual
    if found:
        assert found == [mysql_text(b"".join(inside), b"'") for inside in insides]
