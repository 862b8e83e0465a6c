"""The sentence that a verdict rests on."""

import pytest

from audit.verdicts.case import Case, Reasons


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("a",), "the one candidate key does not open it"),
        (("a", "b"), "none of the 2 candidate keys opens it"),
    ],
)
def test_lost_under_one_key_or_several(labels: tuple[str, ...], said: str) -> None:
    """The sentence can be read aloud, however many keys were tried."""
    assert Reasons(labels, "a").of(Case.LOST, "").endswith(f", and {said} in any form or layout")
