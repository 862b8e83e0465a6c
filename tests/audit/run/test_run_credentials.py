"""Letters for shared secrets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audit.run.run_credentials import group_letters


@given(st.lists(st.integers(0, 40), max_size=200))
def test_same_letter_means_same_secret(secrets: list[int]) -> None:
    """Letters are equal exactly where secrets are, and only shared ones have any; 0 is nothing opened."""
    tags = np.array([[secret, secret * 7] for secret in secrets], np.uint64).reshape(-1, 2)
    letters = group_letters(tags).to_list()
    for secret, letter in zip(secrets, letters, strict=True):
        shared = secret != 0 and secrets.count(secret) > 1
        assert bool(letter) == shared
        if shared:
            assert [other for other, name in zip(secrets, letters, strict=True) if name == letter] == [
                secret
            ] * secrets.count(secret)


def test_letters_go_by_first_appearance() -> None:
    """The tags' own order, which differs from run to run, shows nowhere; behind Z comes AA."""
    numbers = [*range(30, 0, -1), *range(1, 31)]
    letters = group_letters(np.array([[n, 1] for n in numbers], np.uint64)).to_list()
    assert letters[:2] == ["A", "B"]
    assert letters[25:28] == ["Z", "AA", "AB"]
    assert letters[30:] == letters[29::-1]
