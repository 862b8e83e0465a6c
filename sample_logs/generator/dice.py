"""Chance that falls the same way every time, on every Python."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of bytes from SHA-256 over a name and a counter.

    The `random` module promises the same `random()` for a seed in every version of Python, but not the
    same `choice` or `shuffle`.
    """

    def __init__(self, name: str) -> None:
        self._name = name.encode()
        self._counter = 0
        self._rest = b""

    def bytes(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._rest) < count:
            self._rest += hashlib.sha256(self._name + b"/%d" % self._counter).digest()
            self._counter += 1
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int.from_bytes(self.bytes(4), "big") % limit

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """`items` in another order."""
        pool = list(items)
        return [pool.pop(self.below(len(pool))) for _ in items]

    def uuid(self) -> uuid.UUID:
        """A random UUID (version 4)."""
        return uuid.UUID(bytes=self.bytes(16), version=4)
