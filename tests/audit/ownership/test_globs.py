import fnmatch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ownership.globs import first_match

letters = st.text("ab/é*?[]!-\U0010ffff", max_size=5)


def plain_loop(patterns: list[str], texts: list[str]) -> list[int]:
    return [
        next(
            (index for index, pattern in enumerate(patterns) if fnmatch.fnmatchcase(text, pattern)),
            len(patterns),
        )
        for text in texts
    ]


@given(st.lists(letters, max_size=9), st.lists(letters, max_size=10))
def test_it_equals_the_plain_loop(patterns: list[str], texts: list[str]) -> None:
    """For any patterns and texts the result is that of trying each pattern on each text in turn."""
    assert first_match(patterns, pl.Series(texts, dtype=pl.String)).to_list() == plain_loop(patterns, texts)


@pytest.mark.parametrize("unit", ["?", "[!a]", "*a", "é"])
def test_patterns_that_are_long_together(unit: str) -> None:
    """Many patterns of a thousand characters are no trouble, and the first one still wins."""
    patterns = [f"{index}" + unit * (1000 // len(unit)) for index in range(100, 130)] + ["1*", "*"]
    texts = ["129" + "ba" * 500, "110" + "c" * 1000, "110" + "é" * 1000, "1", "x"]
    assert first_match(patterns, pl.Series(texts)).to_list() == plain_loop(patterns, texts)
