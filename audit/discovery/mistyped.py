"""Whether a vector that was solved from a known text comes of a mistake in the first 16 bytes of that text.

A solved vector is D(C₁) ⊕ P₁, so that whatever was typed for P₁ gives one, and the blocks after it say
nothing of it: a mistake in P₁ is the same mistake in the vector. It shows where the vector comes near to one
that is known, or where the store's other first blocks are likelier texts behind a vector next to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.discovery.first_block import FirstBlocks, head_is_mistyped, text_gains
from audit.keys.key_ring import Key
from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes
from audit.trial.plain_text import Content, begins_as_text
from parsers.keys.aes_forms import written_keys

NEAR: Final = 6
"""Equal bytes at their places; not one random vector in 10¹⁰ has this many."""

_LARGEST_KEY: Final = 4096
_CLEARLY_LOG10: Final = 6.0
_PLACES: Final = BLOCK * 127
"""Ways to mistype one character."""


class Doubt(StrEnum):
    """What a solved vector is suspiciously near to, or its text is.

    `KEY`: a piece of a candidate's file, or the key's own first block: such a vector is never shown or kept.
    `WELL_KNOWN`: zeros, or a constant that programmers type. `PROVEN`: one that another text has proven.
    `PROPOSED`: the text is nearly the one that the program proposes to store.
    `ANOTHER_TEXT`: one that another text of this run gives. `DATA`: other values are likelier texts behind a
    vector next to it.
    """

    KEY = "key"
    WELL_KNOWN = "well-known"
    PROVEN = "proven"
    PROPOSED = "proposed"
    ANOTHER_TEXT = "another text"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The vectors that a solved one is compared with.

    Attributes:
        well_known: zeros and what programmers type; 16 bytes each.
        proven: what known texts have proven under the same key before.
    """

    well_known: Sequence[bytes]
    proven: Sequence[bytes]


def doubt(
    vector: bytes, others: FirstBlocks, neighbours: Neighbours, *, as_proposed: bool = False
) -> Doubt | None:
    """What speaks against the vector, or None. That it is near a key is asked by `is_near_a_key`.

    Args:
        vector: 16 bytes.
        others: first blocks of other values under the same key; the value whose text is known is not among
            them, since behind the solved vector it is what was typed, right or wrong.
        neighbours: what it is compared with.
        as_proposed: whether the text is letter for letter the one that the program itself proposes. That
            nobody mistypes a whole block of that text is sure; a byte may be another on the server.
    """
    if vector in (*neighbours.well_known, *neighbours.proven):
        return None  # so many bytes at once are no mistake
    for kind, known in (
        *((Doubt.PROVEN, each) for each in neighbours.proven),
        *((Doubt.WELL_KNOWN, each) for each in neighbours.well_known),
    ):
        suspicious = are_near(vector, known) or (not as_proposed and _may_be_text_apart(vector, known))
        if suspicious and _gain_log10(others, known, vector) < _CLEARLY_LOG10:
            return kind
    return Doubt.DATA if _a_neighbour_is_likelier(others, vector) else None


def are_near(vector: bytes, other: bytes) -> bool:
    """Whether they are equal in more bytes than chance makes them."""
    return bool((_array(vector) == _array(other)).sum() >= NEAR)


def disagree(vector: bytes, other: bytes) -> bool:
    """Whether one of two texts that give these vectors is probably mistyped."""
    return vector != other and (are_near(vector, other) or _may_be_text_apart(vector, other))


def is_near_a_key(vector: bytes, own_key: bytes, keys: Iterable[Key]) -> bool:
    """Whether a solved vector is part of a candidate's file, or a mistake away from it.

    It is taken from the key then, and the text was mistyped, or it is another part of the key than is known:
    such a vector would be a piece of a key in a file and on a screen.
    """
    if _may_be_text_apart(vector, own_key[:BLOCK]):
        return True
    own = _array(vector)
    for key in keys:
        forms = {key.content, *written_keys(key.content).values()}
        for content in (each.reveal() for each in forms if BLOCK <= len(each) <= _LARGEST_KEY):
            windows = np.lib.stride_tricks.sliding_window_view(_array(content), BLOCK)
            if ((windows == own).sum(axis=1) >= NEAR).any():
                return True
    return False


def _may_be_text_apart(vector: bytes, other: bytes) -> bool:
    """Whether exchanging one ASCII text for another leads from one to the other; by chance once in 65,536."""
    return bool(((_array(vector) ^ _array(other)) < 128).all())


def _gain_log10(others: FirstBlocks, known: bytes, vector: bytes) -> float:
    """Powers of ten by which the other values are likelier texts behind `vector` than behind `known`."""
    texts = _texts(others.decrypted, known) | _texts(others.decrypted, vector)
    gains = text_gains(others.decrypted[texts], vector)
    places = np.arange(BLOCK)
    return float((gains[places, _array(vector)] - gains[places, _array(known)]).sum())


def _a_neighbour_is_likelier(others: FirstBlocks, vector: bytes) -> bool:
    texts = others.decrypted[_texts(others.decrypted, vector)]
    if head_is_mistyped(texts ^ _array(vector)):
        return True
    gains = text_gains(texts, vector)
    places = np.arange(BLOCK)[:, None]
    mistakes = gains[places, _array(vector)[:, None] ^ np.arange(1, 128)]  # one ASCII character for another
    better = mistakes.max(axis=1) - gains[places[:, 0], _array(vector)]
    return bool((better >= _CLEARLY_LOG10 + np.log10(_PLACES)).any())


def _texts(decrypted: Bytes, vector: bytes) -> npt.NDArray[np.bool_]:
    """Which blocks are text behind the vector, but for two bytes perhaps: a mistake makes text no text."""
    behind = decrypted ^ _array(vector)
    odd = ((behind < 32) | (behind >= 127)).sum(axis=1)
    utf8 = [begins_as_text(row.tobytes()) is not Content.BINARY for row in behind]
    return np.asarray((odd <= 2) | np.array(utf8, np.bool_))


def _array(content: bytes) -> Bytes:
    return np.frombuffer(content, np.uint8)
