"""Which of many texts are worth a closer look: a filter over all of them together.

All content of a store goes through it: texts without a long run of base64 letters at gigabytes a second,
others at some thirty megabytes. It keeps what `ciphertext_form` may accept, and little else: a random-looking
run of ciphertext's length, digits of hex, padding.
"""

from collections.abc import Sequence
from functools import cache
from itertools import compress
from typing import Final

import numpy as np
import numpy.typing as npt

from parsers.stores.ciphertext_form import SHORTEST, unescaped
from parsers.stores.plain_content import LETTERS, pair_costs

_BASE64: Final = LETTERS.encode()
_OF_ESCAPES: Final = b"\\%&#;"
r"""What escapes of a letter consist of, besides letters: `\u002B`, `%2B`, `&#43;`."""
_ESCAPES: Final = ("\\", "%", "&")
MARK: Final = bytes(
    ord("x") if byte in _BASE64 + _OF_ESCAPES else (0 if byte == 0 else ord(" ")) for byte in range(256)
)
"""Maps each letter to `x` and everything else but NUL to a space, so that one search finds a long run."""
LONG_RUN: Final = b"x" * SHORTEST

_DIGITS: Final = b"0123456789abcdefABCDEF"
_HEX_DIGITS: Final = 32
_BITS: Final = 5.4
"""Bits that a letter of a run costs in the model of program names: random text costs 7.6 on average, names
4.4. Lower than the threshold of `looks_random`, so that even the unluckiest 22 random letters pass."""
_SCALE: Final = 1_000
_MOST_LETTERS: Final = 1 << 20
"""Letters that are filtered together: each takes some 30 bytes of memory."""


def suspects(texts: Sequence[str]) -> list[str]:
    """Those of many texts that may hold ciphertext."""
    if sum(map(len, texts)) > _MOST_LETTERS and len(texts) > 1:
        half = len(texts) // 2
        return suspects(texts[:half]) + suspects(texts[half:])
    joined = "\0".join(texts)
    if LONG_RUN not in joined.encode("utf-8", "surrogatepass").translate(MARK):
        return []
    if any(escape in joined for escape in _ESCAPES):
        joined = unescaped(joined)
    if joined.count("\0") != len(texts) - 1 or len(joined) > 2 * _MOST_LETTERS:  # a NUL inside a text
        return list(texts)
    # A leading space: windows are differences of sums, and begin one letter late.
    codes = np.frombuffer(f" {joined}".encode("utf-8", "surrogatepass"), np.uint8)
    chosen = np.zeros(len(texts), bool)
    chosen[np.searchsorted(np.flatnonzero(codes == 0), _suspicious(codes))] = True
    return list(compress(texts, chosen))


def _suspicious(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Positions in or at the end of runs that may be ciphertext; at least one of each such run."""
    rows, costs, is_capital, is_small, is_digit = _tables()
    row = rows[codes]
    # A byte that is not a letter costs so little that no window can span it.
    sums = np.cumsum(costs.take(row[:-1] + codes[1:]))
    steps = SHORTEST - 1
    windows = np.flatnonzero(sums[steps:] - sums[:-steps] > _BITS * _SCALE * steps) + 1
    if windows.size:
        windows = windows[_count(is_capital[codes], windows) & _count(is_small[codes], windows)]
    padded = np.flatnonzero(codes == ord("="))
    padded = padded[padded >= SHORTEST]
    if padded.size:
        padded = padded[(row[padded[:, None] - _BEFORE] != _NO_LETTER).all(axis=1)]
    digits = np.cumsum(is_digit[codes], dtype=np.int32)
    in_hex = np.flatnonzero(digits[_HEX_DIGITS:] - digits[:-_HEX_DIGITS] == _HEX_DIGITS) + 1
    return np.concatenate((windows, padded, in_hex))


def _count(flags: npt.NDArray[np.bool_], starts: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether any flag is set in the windows that start there."""
    sums = np.concatenate((np.zeros(1, np.int32), np.cumsum(flags, dtype=np.int32)))
    counted: npt.NDArray[np.bool_] = sums[starts + SHORTEST] > sums[starts]
    return counted


_BEFORE: Final = np.arange(1, SHORTEST + 1)
_NO_LETTER: Final = len(LETTERS) * 256

_Flags = npt.NDArray[np.bool_]


@cache
def _tables() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], _Flags, _Flags, _Flags]:
    """The offset of each letter's costs, the costs of a byte after it in millibits, and kinds of bytes."""
    rows = np.full(256, _NO_LETTER, np.int32)
    rows[np.frombuffer(_BASE64, np.uint8)] = np.arange(len(LETTERS), dtype=np.int32) * 256
    costs = np.full((len(LETTERS) + 1) * 256, -1_000 * _SCALE, np.int64)
    for (before, letter), bits in pair_costs().items():
        costs[LETTERS.index(before) * 256 + ord(letter)] = int(bits * _SCALE)
    small = b"abcdefghijklmnopqrstuvwxyz"
    return rows, costs, _flags(small.upper()), _flags(small), _flags(_DIGITS)


def _flags(of: bytes) -> _Flags:
    found = np.zeros(256, bool)
    found[np.frombuffer(of, np.uint8)] = True
    return found
