"""The search for wanted values in a file's bytes."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.stores.rewriting.spelling import Characters
from parsers.stores.rewriting.value_search import MysqlStringSearch, TokenSearch
from parsers.stores.sql_dump.escapes import mysql_escaped, mysql_text
from tests.parsers.stores.rewriting.rewritten import base64_of

TEXTS = [base64_of(1).encode(), base64_of(2, 32).encode(), f"{base64_of(3)}|{base64_of(4)}".encode()]
BINARY = bytes(range(16)), b"it's \\ \"\n\r\x1a\0\xff....", b"''''''''''''''''"

Found = list[tuple[int, int, int]]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    """Chunks of one size."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


def found(search: TokenSearch | MysqlStringSearch, content: bytes, size: int) -> Found:
    """Start, length and number of all that it finds."""
    fed = [each for piece in pieces(content, size) for each in search.feed(piece)]
    return [(each.start, each.length, each.old) for each in (*fed, *search.feed(b"", last=True))]


between = st.text(alphabet="ab=/|\\\" ',<é🔑", max_size=4)


@settings(deadline=None)
@given(
    st.lists(st.tuples(between, st.integers(0, 2))), between, st.sampled_from(Characters), st.integers(1, 60)
)
def test_runs(parts: list[tuple[str, int]], rest: str, characters: Characters, size: int) -> None:
    """Values are found where a pattern over the whole text finds them, however the file is cut."""
    text = "".join(before + TEXTS[number].decode() for before, number in parts) + rest
    encoding = "utf-8" if characters is Characters.BYTES else characters.value
    content = text.encode(encoding)
    olds = {value: number for number, value in enumerate(TEXTS)}
    in_chunks = found(TokenSearch(characters, olds), content, size)
    assert in_chunks == found(TokenSearch(characters, olds), content, len(content) or 1)
    inside = r"[A-Za-z0-9+/=_\\-]"
    values = "|".join(re.escape(value.decode()) for value in TEXTS)
    alone = re.finditer(rf"(?<!{inside})(?:{values})(?!{inside})", text)
    expected = {len(text[: each.start()].encode(encoding)) for each in alone}
    # A backslash that follows is no part of a value; one in front may escape something in it.
    assert expected <= {start for start, _, _ in in_chunks}


def test_a_value_is_no_part_of_another_run() -> None:
    """Only what bars part is looked at on its own."""
    olds = {TEXTS[0]: 0}
    for around in (b"x%s", b"%s=", b"+%s+", b"%s_", b"\\%s"):
        assert found(TokenSearch(Characters.BYTES, olds), around % TEXTS[0], 10) == []
    for around in (b"|%s|", b"%s|", b"a|b|%s|c"):
        content = around % TEXTS[0]
        assert found(TokenSearch(Characters.BYTES, olds), content, 10) == [(content.index(TEXTS[0]), 24, 0)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"AAAA\/BBBB\/CCCC==", b"AAAA/BBBB/CCCC=="),
        (r"AAAA\u002FBBBB\u002bCCCC\u003D\u003d", b"AAAA/BBBB+CCCC=="),
        (r"AAAA\\/BBBB\\u002BCCCC==", b"AAAA/BBBB+CCCC=="),
        (r"AAAABBBBCCCC=\u003d\u007cDDDDEEEEFFFFGGGGHHHHII==", b"AAAABBBBCCCC==|DDDDEEEEFFFFGGGGHHHHII=="),
    ],
)
def test_escapes_of_json(written: str, value: bytes) -> None:
    """A value is found whatever of it is escaped, once or (JSON in JSON) twice."""
    content = rf"{{\"Password\":\"{written}\"}}".encode()
    expected = [(content.index(written.encode()), len(written), 0)]
    assert found(TokenSearch(Characters.BYTES, {value: 0}), content, 7) == expected


@pytest.mark.parametrize(
    "form", ["0x%s", "x'%s'", "X'%s'", r"'\x%s'", r"\\x%s" + "\t"], ids=["number", "x", "X", "bytea", "copy"]
)
@pytest.mark.parametrize("capitals", [False, True])
def test_hexadecimal_digits(form: str, capitals: bool) -> None:
    """Bytes as dumps of all kinds write them, and only the digits are theirs."""
    digits = BINARY[1].hex().upper() if capitals else BINARY[1].hex()
    content = (f"({form % digits},'{digits}',y'{digits}')").encode()
    olds = {BINARY[1]: 0}
    expected = [(content.index(digits.encode()), len(digits), 0)]
    for size in (1, 3, 1000):
        assert found(TokenSearch(Characters.BYTES, olds), content, size) == expected


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "_binary ", "NULL,", "'a,','',", "1,"]), st.integers(0, 2))),
    st.integers(1, 50),
)
def test_strings_of_mysql(parts: list[tuple[str, int]], size: int) -> None:
    """Bytes between quotes are found however they are escaped, and however the file is cut."""
    content, expected = b"INSERT INTO t VALUES (", []
    for at, (before, number) in enumerate(parts):
        escaped = mysql_escaped(BINARY[number])
        inside = escaped.replace(b"\\'", b"''").replace(b'\\"', b'"') if at % 2 else escaped
        content += before.encode() + b"'"
        expected.append((len(content), len(inside), number))
        content += inside + b"',"
    olds = {value: number for number, value in enumerate(BINARY)}
    assert found(MysqlStringSearch(olds), content + b"1);", size) == expected


@settings(deadline=None)
@given(st.binary())
def test_escaped_bytes_are_read_back(raw: bytes) -> None:
    """What is written between quotes stands for the same bytes, and has no quote of its own."""
    assert mysql_text(mysql_escaped(raw), b"'") == raw
    assert not re.search(rb"(?<!\\)(?:\\\\)*'", mysql_escaped(raw))


def test_a_run_that_is_longer_than_any_value_is_not_held() -> None:
    """Memory stays flat, and what follows is found."""
    search = TokenSearch(Characters.BYTES, {TEXTS[0]: 0})
    for _ in range(100):
        assert list(search.feed(b"A" * 50_000)) == []
        assert len(search._held) < 200_000
    assert [each.start for each in search.feed(b" " + TEXTS[0] + b" ")] == [5_000_001]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(Characters), st.integers(1, 50))
def test_any_bytes(content: bytes, characters: Characters, size: int) -> None:
    """Whatever a file holds, the search ends, and what is found is there."""
    olds = {TEXTS[0]: 0, BINARY[1]: 1}
    for search in (TokenSearch(characters, olds), MysqlStringSearch(olds)):
        for start, length, _ in found(search, content, size):
            assert 0 <= start < start + length <= len(content)
