"""Whether a stored value looks like what a person types, and not like what a cipher writes in any encoding.

A value is taken for typed only where every stretch of 20 characters (a block of 16 bytes in base85, the
densest encoding) is likelier under a simple model of typed text than under random text of each encoding whose
alphabet it keeps to. Of 100,000 random values of 16 bytes none is called typed in base64, hex or base32, and
in base85 at most one in 10,000. Of passphrases of English words 99 in 100 are recognised; what may not be
is long words of other languages run together, capitals without blanks, keyboard patterns. Random passwords
of 20 characters or more, keys of web services and UUIDs are not either: people paste them, and nothing tells
them from ciphertext.
"""

import string
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Flags = npt.NDArray[np.bool_]

_STRETCH: Final = 20
_BATCH: Final = 65_536
"""Values looked at in one piece."""

_LONGEST: Final = 16_384
"""Characters of a value that are looked at: nobody types more, and ciphertext shows long before."""

_NEVER_TYPED: Final = (
    r"\{[A-Za-z][A-Za-z0-9_.+/-]*\}\S+",  # {AES}…
    r"[!%$]?ENC[(\[{<]\S*",  # Jasypt
    r"\$[A-Za-z0-9_.,=+-]{1,16}\$\S+",  # $aes$…, and crypt(3)'s hashes
    r"(?:0[xX]|\\x)[0-9A-Fa-f]{8,}",
    r"(?:[0-9a-f]{2}){8,}|(?:[0-9A-F]{2}){8,}",  # a block of DES and Blowfish has 8 bytes
    r"(?:[A-Za-z0-9+/_-]{4}){2,}(?:[A-Za-z0-9+/_-][AQgw]==|[A-Za-z0-9+/_-]{2}[AEIMQUYcgkosw048]=)",
    r"\[?(?:-?\d{1,3}, ?){7,}-?\d{1,3}\]?",  # bytes as numbers
    r"\{[\s\S]*\[\s*(?:-?\d{1,3}\s*,\s*){7,}-?\d{1,3}\s*\][\s\S]*\}",  # in JSON: a `Buffer` of Node.js
    r"U2FsdGVkX1\S*",  # base64 of OpenSSL's `Salted__`
)
"""Forms of whole values that decide at once, short ones among them: wrappers, padded base64, hex."""

_NEVER_IN_TEXT: Final = (
    r"[\p{C}\u{fffd}\u{a2}\u{a4}-\u{a6}\u{a8}-\u{aa}\u{ac}-\u{af}\u{b1}-\u{b3}\u{b6}\u{b8}-\u{ba}"
    r"\u{bc}-\u{be}\u{d7}\u{f7}]"
)
"""Unprintable characters, U+FFFD in the place of bytes that were no text, and symbols of Latin-1 that hardly
any text has: bytes that were taken for Latin-1 have them."""

_ANY_OF_THESE: Final = f"^(?:{'|'.join(_NEVER_TYPED)})$"

_COSTS: Final = """
i98agfci9id697iah675bcfech 7ead6iii78i5fg8ci99d7iii9i 6iag5ii79i98fh5ghae69iiiei
adfa2iii4hiahg9iif8e8ehhci 9e86badfeiia96hac568hbe9di 7gih78ii4ig8hi5fi8g97iiibi
8edi4gb86ii8e7bei88c7giiii 4iii3hii6iifdg5iibfadiiiei bb8a9aaihif9946bhb86iaieic
9ibi1iiiiiiiii8iiiii5iiiii 9idi2fbf5iieibfaic6fai9iii 6hga4dgi6hh6hg6eig9a9efi7i
59ih3hii7ihg9f75igce9iiiei 8g877d5f9hhded9fih75bbhieh db99eedidida84b9i5a98b9ghg
6igd5gic9ig6hg78i5b7bihibh iiiiiiiiiiiiiiiiiiii0iiiii 6fca4ebh6ifeab7ei989bfehbi
bi9g4fh96hebffa9hh757ifibi 7gdf4gi75iicfg9fi789ahfhai 899c8eai9ii786e8i766iiiiii
4iii2iii5iiidi9iiiiigiiiii 6iie6ii54iibi96ii89iiidiif 8i5e5iid6iiifib5iic6iif9ci
dd9i9iii7iic9695ii65if8iii 5iii1bii7iiiiiaiiiiiiiiidi
"""
"""How likely each letter follows another: rows a to z, columns a to z, a cost c for a probability of 2^(-c/2)
(digits in base 36). Counted in the words of Python's documentation (`pydoc_data.topics`), each by the square
root of how often it stands there."""

_INITIAL_COSTS: Final = "797889bb8fd99a98f868acagff"
"""The same for the first letter of a word."""

_KINDS: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation, " ")
_STYLES: Final = {
    "sentences, words and numbers": (
        (0.52, 0.25, 0.10, 0.10, 0.03),
        (0.80, 0.03, 0.04, 0.06, 0.07),
        (0.55, 0.33, 0.05, 0.05, 0.02),
        (0.08, 0.05, 0.62, 0.22, 0.03),
        (0.40, 0.17, 0.17, 0.16, 0.10),
        (0.60, 0.20, 0.10, 0.08, 0.02),
    ),
    "words run together": (
        (0.19, 0.70, 0.05, 0.05, 0.01),
        (0.78, 0.15, 0.03, 0.03, 0.01),
        (0.92, 0.03, 0.02, 0.02, 0.01),
        (0.05, 0.10, 0.74, 0.10, 0.01),
        (0.19, 0.60, 0.10, 0.10, 0.01),
        (0.19, 0.70, 0.05, 0.05, 0.01),
    ),
    "addresses and settings": (
        (0.74, 0.10, 0.05, 0.10, 0.01),
        (0.75, 0.03, 0.04, 0.17, 0.01),
        (0.35, 0.45, 0.05, 0.14, 0.01),
        (0.05, 0.03, 0.61, 0.30, 0.01),
        (0.50, 0.14, 0.14, 0.21, 0.01),
        (0.64, 0.10, 0.10, 0.15, 0.01),
    ),
    "small letters": (
        (0.90, 0.02, 0.04, 0.03, 0.01),
        (0.94, 0.01, 0.02, 0.02, 0.01),
        (0.92, 0.02, 0.02, 0.02, 0.02),
        (0.10, 0.02, 0.80, 0.06, 0.02),
        (0.80, 0.02, 0.10, 0.06, 0.02),
        (0.90, 0.02, 0.04, 0.03, 0.01),
    ),
    "capitals": (
        (0.03, 0.80, 0.07, 0.07, 0.03),
        (0.30, 0.50, 0.10, 0.05, 0.05),
        (0.02, 0.87, 0.02, 0.04, 0.05),
        (0.02, 0.10, 0.70, 0.14, 0.04),
        (0.02, 0.66, 0.12, 0.10, 0.10),
        (0.02, 0.80, 0.08, 0.08, 0.02),
    ),
}
"""How often a character of each kind (columns: `_KINDS`) follows at the beginning of a text (first
row) and after one of each kind (further rows). Chosen, not counted."""

_AGAIN: Final = 0.03
"""How often the same character follows, whatever it is."""

_SYMBOL_WEIGHTS: Final = np.array(
    [6 if symbol in "._-/:@!" else 4 if symbol in '=,;?&"' else 1 for symbol in string.punctuation]
)
"""How often each symbol stands where one does, in sentences, addresses, settings; chosen like the styles."""

_ENCODINGS: Final = (
    (string.digits + "abcdef", 16, 0.5),
    (string.digits + "ABCDEF", 16, 0.5),
    (string.digits + "abcdef:-", 8, 0.5),
    (string.digits + "ABCDEF:-", 8, 0.5),
    (string.ascii_lowercase + "234567=", 32, 0.5),
    (string.ascii_uppercase + "234567=", 32, 0.5),
    (string.ascii_letters + string.digits + "+/=", 64, 0.5),
    (string.ascii_letters + string.digits + "-_=", 64, 0.5),
    (string.digits + string.ascii_letters + string.punctuation, 85, 2.0),
)
"""Each encoding's characters, how many of them are equally likely, and log10 of the odds that are asked for:
hex, hex with something between the bytes (which is known beforehand), base32, base64, the base85s (which
differ in their punctuation). In base85 a block is a single stretch; elsewhere it has three and more, all of
which must look typed, so that less is asked of each."""


def looks_typed(values: pl.Series) -> Flags:
    """Whether each value looks like what a person types; when in doubt it does not.

    Words, sentences, short passwords, addresses and connection strings do. Null, nothing but white space,
    bytes that are not text, unprintable characters, wrappers, and whatever has a stretch of 20 characters
    that could be random text do not. White space may stand in the random text, so that folded and grouped
    text is seen too.

    Args:
        values: Binary.

    Returns:
        shape [n].
    """
    parts = [_of_batch(values.slice(start, _BATCH)) for start in range(0, len(values), _BATCH)]
    return np.concatenate([np.zeros(0, np.bool_), *parts])


def _of_batch(values: pl.Series) -> Flags:
    text = _as_text(values)
    frame = pl.DataFrame({"text": text}).with_columns(
        solid=pl.col("text").str.slice(0, _LONGEST).str.replace_all(r"\s+", " ").str.strip_chars()
    )
    solid = pl.col("solid")
    foreign = solid.str.count_matches(r"[\u{80}-\u{ff}]")
    # Text in Latin letters has one in four of these at most; bytes that were taken for Latin-1 have half.
    latin_1 = (foreign * 3 > solid.str.len_chars()) & (foreign >= _STRETCH // 5)
    good = (
        (solid.str.len_bytes() > 0)
        & ~solid.str.contains(_NEVER_IN_TEXT)
        & ~latin_1
        & ~pl.col("text").str.strip_chars().str.contains(_ANY_OF_THESE)
    )
    typed = frame.select(good.fill_null(value=False)).to_series().to_numpy().copy()
    long = np.flatnonzero(
        typed & (frame["solid"].str.len_bytes() >= _STRETCH).fill_null(value=False).to_numpy()
    )
    if long.size:
        typed[long] = ~_could_be_random(frame["solid"].gather(long))
    return typed


def _as_text(values: pl.Series) -> pl.Series:
    try:
        return values.cast(pl.String)
    except pl.exceptions.ComputeError:  # raw bytes among them
        return pl.Series([_utf8(value) for value in values], dtype=pl.String)


def _utf8(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def _could_be_random(texts: pl.Series) -> Flags:
    """Whether a stretch of each text is not surely typed; shape [n].

    Args:
        texts: no nulls; white space is single blanks.
    """
    # No encoding writes anything but ASCII: other characters part stretches, as the ends of values do.
    parted = texts.str.replace_all(r"[^\x20-\x7e]", "\0") + "\0"
    ends = parted.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy()
    characters = np.frombuffer(parted.str.join("").item().encode(), np.uint8)
    before = np.concatenate([np.zeros(1, np.uint8), characters[:-1]])
    # The best of this many styles is taken, and the odds are corrected for as many.
    of_styles = [_over_stretches(style[before, characters]) for style in _TYPED]
    typed = np.max(of_styles, axis=0) - np.log10(len(_TYPED))
    random = np.zeros(len(typed), np.bool_)
    for alphabet, size, odds in _ENCODINGS:
        held = np.zeros(256, np.int32)
        held[list(f"{alphabet} ".encode())] = 1
        covered = _over_stretches(held[characters]) == _STRETCH
        random |= covered & (typed + _STRETCH * np.log10(size) < odds)
    of_value = np.searchsorted(ends, np.flatnonzero(random), side="right")
    found = np.zeros(len(texts), np.bool_)
    found[of_value] = True
    return found


def _over_stretches(
    each: npt.NDArray[np.float64] | npt.NDArray[np.int32],
) -> npt.NDArray[np.float64]:
    """Sums over every stretch, by where it begins; shape [n - 19]."""
    total = np.concatenate([np.zeros(1), np.cumsum(each, dtype=np.float64)])
    sums: npt.NDArray[np.float64] = total[_STRETCH:] - total[:-_STRETCH]
    return sums


def _model(next_kind: Iterable[tuple[float, ...]]) -> npt.NDArray[np.float64]:
    """log10 of how likely a character (column) follows another (row; 0 for none); shape [128, 128]."""
    model = np.zeros((128, 128))  # finite for the ends of values as well, over which no stretch counts
    for likely, befores in zip(next_kind, ("\0", *_KINDS), strict=True):
        for before in befores:
            within = (
                _letters(before, capital=False),
                _letters(before, capital=True),
                np.full(10, 0.1),
                _SYMBOL_WEIGHTS / _SYMBOL_WEIGHTS.sum(),
                np.ones(1),
            )
            for kind, of_kind, share in zip(_KINDS, within, likely, strict=True):
                row = (1 - _AGAIN) * share * of_kind
                row[[character == before for character in kind]] += _AGAIN
                model[ord(before), list(kind.encode())] = np.log10(row)
    return model


def _letters(before: str, *, capital: bool) -> npt.NDArray[np.float64]:
    """How likely each letter is, if one comes next: within a word, or as the first of one; shape [26]."""
    begins = not before.isalpha() or (capital and before.islower())
    costs = _INITIAL_COSTS if begins else _COSTS.split()[ord(before.lower()) - ord("a")]
    likely = np.array([2.0 ** (-int(cost, 36) / 2) for cost in costs])
    probability: npt.NDArray[np.float64] = likely / likely.sum()
    return probability


_TYPED: Final = [_model(style) for style in _STYLES.values()]
