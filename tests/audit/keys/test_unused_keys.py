"""Candidates that open nothing."""

from audit.keys.key_ring import Key
from audit.keys.unused_keys import tried, why_idle
from parsers.secret import Secret


def key(*, bits: int = 128, current: bool = False) -> Key:
    return Key("k", (), Secret(b"o" * 16), None, "f" * 40, bits, current, ())


def test_each_has_its_likely_reason() -> None:
    """Another server's key, no key at all, and a current one that cannot be the server's are told apart."""
    assert why_idle(key(), 10).startswith("opens none of 10 values: probably the key of another server")
    assert "not an AES key" in why_idle(key(bits=0), 10)
    assert "current key" in why_idle(key(current=True, bits=0), 10)


def test_what_was_tried() -> None:
    """Only values that a key could open count: nothing is said of keys where there are none."""
    assert tried({"current": 1, "older-key": 2, "lost": 4, "ambiguous": 8, "empty": 16, "unknown": 32}) == 15
    assert tried({"empty": 3, "external": 1}) == 0
