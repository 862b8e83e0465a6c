"""A stream that stops where it expands too far."""

from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget, size_in_words
from parsers.errors import LimitExceededError


class Guarded:
    """Passes `inner` on, counting.

    Args:
        inner: decompressed bytes.
        packed: how many bytes it comes out of, or None for a pipe.
        budget: of the input as a whole.
    """

    __slots__ = ("_budget", "_inner", "_most", "_spent")

    def __init__(self, inner: ByteStream, packed: int | None, budget: Budget) -> None:
        limits = budget.limits
        self._inner = inner
        self._budget = budget
        self._spent = 0
        self._most = limits.member_bytes
        if packed is not None:
            self._most = min(self._most, max(limits.ratio_floor, limits.ratio * packed))

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        if self._spent > self._most:
            raise LimitExceededError(f"stopped: it expands to more than {size_in_words(self._most)}")
        self._budget.check()
        count = self._inner.readinto(buffer)
        self._spent += count
        self._budget.spend(count)
        return count

    def close(self) -> None:
        """Close what lies below."""
        self._inner.close()
