"""The new value of an old one, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from audit.errors import ReencryptionError
from audit.reencryption.cipher import open_value
from audit.reencryption.marks import Marks
from audit.reencryption.target import NewLayout, NotEstablished
from audit.trial.hypothesis import Hypothesis
from parsers.secret import Secret
from parsers.stores.change import Sealed

_HIDDEN: Final = "its whole plain text is not known in this layout: one known plain text would solve it"
_PROVE: Final = "prove one with `layouts --known LOCATION --save FILE`, then --layouts FILE"
_TWO_WAYS: Final = f"the layouts that the data cannot tell apart would write different values: {_PROVE}"
_NO_COLUMN: Final = "its vector stands in a column of its own, which the new layout does not have"

_NO_OBJECT: Final = "it does not stand in a JSON object, as values of the new layout do"


@dataclass(frozen=True, slots=True, repr=False)
class NewValue:
    """What is to be written.

    Attributes:
        sealed: the new value.
        openers: the target key in every layout that may be meant: each opens it.
        mark: of the plain text.
        basis: what the layout rests on, one sentence.
    """

    sealed: Sealed
    openers: tuple[Hypothesis, ...]
    mark: bytes
    basis: str


def new_value(
    old: Sealed,
    opener: Sequence[Hypothesis],
    layout: NewLayout | NotEstablished,
    marks: Marks,
    *,
    zero_vector: bool,
) -> NewValue | str:
    """The new value; or a sentence that says why there is none.

    Args:
        old: as it lies in the store.
        opener: the key in the layout that opens it; the outer one first where it was encrypted twice.
        layout: how it is to be written.
        marks: of this run.
        zero_vector: whether the store's vectors are all zero.

    Raises:
        ReencryptionError: what was made does not open to the same text: a fault of this program.
    """
    if isinstance(layout, NotEstablished):
        return f"{layout.reason}; {layout.hint}"
    plain = open_through(old, opener)
    if plain is None:
        return _HIDDEN
    if not layout.can_hold(old):
        return _NO_OBJECT
    new = layout.encrypt(plain, old, zero_vector=zero_vector)
    if new is None:
        return _TWO_WAYS
    if old.iv is not None and new.iv is None:
        return _NO_COLUMN
    if any(open_value(new, each) != plain for each in layout.alike):
        raise ReencryptionError("a new value does not open to the text of the old one: nothing was written")
    basis = f"new values are written in {layout.hypothesis.layout.name}: {layout.basis}"
    return NewValue(new, layout.alike, marks.of(plain), basis)


def open_through(sealed: Sealed, opener: Sequence[Hypothesis]) -> Secret | None:
    """The text under every encryption, the outer one taken off first; None where one does not open."""
    plain: Secret | None = None
    for each in opener:
        plain = open_value(sealed, each)
        if plain is None:
            return None
        sealed = Sealed(plain.reveal())
    return plain
