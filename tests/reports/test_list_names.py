"""File names for teams."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.list_names import list_names


@settings(deadline=None)
@given(st.lists(st.text(), unique=True))
@example(["../x", "/etc/x", "x", "X", "", ".", "..", "con", "a" * 300, "a" * 301, "payments\x00", "~", "-rf"])
def test_names_are_safe_and_unique(teams: list[str]) -> None:
    """Whatever teams are called: safe characters, never a path or a device, unique without regard to case."""
    names = list_names(teams)
    assert set(names) == set(teams)
    assert len({name.lower() for name in names.values()}) == len(teams)
    for name in names.values():
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,124}", name)
        assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name)


def test_a_plain_name_stays_readable() -> None:
    """A team that nobody clashes with finds its file by its name."""
    names = list_names(["Release Engineering", "Équipe 7", "../x"])
    assert names == {"Release Engineering": "release-engineering", "Équipe 7": "equipe-7", "../x": "x"}


def test_names_that_clash_do_not_depend_on_their_order() -> None:
    """Teams whose names come out alike get the same files in any order."""
    assert list_names(["X", "x", "../x"]) == list_names(["../x", "x", "X"])
