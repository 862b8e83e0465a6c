"""A secret in memory: bytes that do not show themselves."""

import hmac
from typing import NoReturn, final


@final
class Secret:
    """Bytes that reach no output by accident.

    `repr` and `str` show the length only, comparison takes constant time, and pickling is refused.
    `reveal` is the single way out: a search for that word lists every place to review.
    """

    __slots__ = ("_bytes",)

    def __init__(self, value: bytes) -> None:
        self._bytes = bytes(value)

    def reveal(self) -> bytes:
        """The bytes themselves."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._bytes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._bytes, other._bytes)

    def __hash__(self) -> int:
        return hash((Secret, self._bytes))

    def __repr__(self) -> str:
        return f"Secret({len(self._bytes)} bytes)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")
