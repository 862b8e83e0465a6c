"""The form of ciphertext."""

import pytest

from parsers.stores.ciphertext_form import looks_like_ciphertext


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zWjkbdMteM0VY1Ls3V+lwA==", True),
        ("00" * 16, True),
        ("AB" * 32, True),
        ("QUJD" * 6, True),
        ("00" * 15, False),
        ("QUJD" * 5, False),
        ("aB" * 15, False),
        ("zWjkbdMteM0VY1Ls3V+lwB==", False),  # bits behind the last byte are not zero
        ("zWjkbdMteM0VY1Ls3V+lwA", False),
        ("95daec80877f164f13935bac14adde8cf636fe7b", False),  # a fingerprint
        ("secret", False),
        ("", False),
    ],
)
def test_form(text: str, expected: bool) -> None:
    """Canonical base64 or hex of at least 16 bytes."""
    assert looks_like_ciphertext(text) is expected
