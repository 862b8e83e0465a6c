"""Foreign text on a terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.terminal import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jx", r"\x1b[2Jx"),
        ("\x1b]8;;http://evil\x07link", r"\x1b]8;;http://evil\x07link"),
        ("\x9b31m", r"\x9b31m"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2066b\u200fc", r"a\u2066b\u200fc"),
        ("\U000e0041", r"\U000e0041"),
        ("[/x] пароль 密码 é \\", "[/x] пароль 密码 é \\"),
    ],
)
def test_what_acts_is_shown(text: str, shown: str) -> None:
    """Escape sequences, line breaks and marks of direction become visible; other text stays."""
    assert visible(text) == shown


@settings(deadline=None)
@given(st.text())
def test_nothing_active_is_left(text: str) -> None:
    """No control character, bidirectional mark, separator or surrogate survives."""
    for character in visible(text):
        assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    """A terminal that knows ASCII only gets ASCII."""
    assert visible("é密", "ascii") == r"\xe9\u5bc6"
