"""How values are written under a key, or why that is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from audit.reencryption.cipher import Notation, encrypt_value, fresh_vector
from audit.trial.hypothesis import Hypothesis
from audit.verdict import Confidence
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext

SURE = (Confidence.PROVEN, Confidence.STRONG)
"""The confidence that an opening needs before anything is written."""

_PROVE = (
    "name a store of the server that uses the key with --like, or prove the layout with one credential that "
    "you know: `layouts --known LOCATION --save FILE`, then --layouts FILE"
)


SAY_WHICH: Final = (
    "say which of them the server writes: create a credential on it now, export its project alone, and name "
    "that export with --like"
)


@dataclass(frozen=True, slots=True, repr=False)
class NewLayout:
    """How values are written under the target key.

    Attributes:
        alike: the target key in the layout, and in those that the data cannot tell from it.
        notation: how the bytes are written down.
        basis: the evidence for it, one sentence.
    """

    alike: tuple[Hypothesis, ...]
    notation: Notation
    basis: str

    @property
    def hypothesis(self) -> Hypothesis:
        """The key in the layout that is written."""
        return self.alike[0]

    def encrypt(
        self, plain: Secret, old: StoredCiphertext | None = None, *, zero_vector: bool = False
    ) -> StoredCiphertext | None:
        """The new value, with a fresh vector where the layout has one, in the JSON of the `old` value.

        None where the layouts that the data cannot tell apart would write different values: of ECB and CBC,
        say, a secret of a single block lets both be right, a longer one only one of them.
        """
        vector = fresh_vector(self.hypothesis.layout)
        if zero_vector:
            vector = bytes(len(vector))
        try:
            written = {encrypt_value(plain, each, vector, self.notation, old) for each in self.alike}
        except ValueError:  # an unknown vector, or no JSON to write into: see `can_hold`
            return None
        return written.pop() if len(written) == 1 else None

    def can_hold(self, old: StoredCiphertext) -> bool:
        """Whether the new value can stand where the old one does: JSON of the layout has to be there already.

        What else a new object would need is not known.
        """
        members = [each.layout.wrapper for each in self.alike if each.layout.wrapper.member]
        try:
            return all(wrapper.content(old.value) is not None for wrapper in members)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class NotEstablished:
    """Why there is no layout to write in, and what would help."""

    reason: str
    hint: str = _PROVE


Layouts = Mapping[str, NewLayout | NotEstablished]
"""How values of each kind are to be written, or why not."""
