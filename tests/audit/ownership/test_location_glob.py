import fnmatch

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audit.ownership.globs import regex_of

letters = st.text("ab-z[]!^*?&~\\/.\nÄ😀", max_size=8)


def matches(pattern: str, texts: list[str]) -> list[bool]:
    return pl.Series(texts, dtype=pl.String).str.contains(regex_of([pattern])).to_list()


@given(letters, st.lists(letters, min_size=1, max_size=5))
@settings(max_examples=500)
@example("[z-a]", ["z", "-", "a", ""])
@example("[!z-a]", ["z", "\n", ""])
@example("[]-a]", ["]", "^", "a", "-"])
@example("[a-b-z]", ["a", "-", "z", "c"])
@example("[--a]", ["-", "a", "b", "."])
@example("[", ["[", ""])
@example("[!]", ["[!]", "a"])
def test_it_matches_what_fnmatchcase_does(pattern: str, texts: list[str]) -> None:
    """For any pattern and text the regular expression agrees with `fnmatch.fnmatchcase`."""
    assert matches(pattern, texts) == [fnmatch.fnmatchcase(text, pattern) for text in texts]


@given(st.lists(letters, min_size=1, max_size=4), letters)
def test_several_patterns_match_what_any_of_them_does(patterns: list[str], text: str) -> None:
    """The expression of several patterns matches if one of them does."""
    together = pl.Series([text]).str.contains(regex_of(patterns)).item()
    assert together == any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)


@pytest.mark.parametrize("pattern", ["*" * 1000, "?" * 1000, "[!a]" * 250, "*a" * 500])
def test_the_longest_patterns_still_compile(pattern: str) -> None:
    """Patterns of a thousand characters are no trouble, wild as they may be."""
    assert matches(pattern, ["b" * 2000]) == [fnmatch.fnmatchcase("b" * 2000, pattern)]
