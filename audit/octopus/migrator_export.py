"""The `Hello` of a Migrator's export, which checks its password: written anew with the export's values."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from audit.keys.key_ring import Key
from audit.octopus.layouts import LAYOUTS
from audit.reencryption.cipher import Spelling, encrypt_value, open_value
from audit.trial.hypothesis import Hypothesis
from parsers.secret import Secret
from parsers.stores.change import Change, Sealed
from parsers.stores.interface import PasswordCheck

_HELLO: Final = b"Hello"
"""Its plain text; its vector is zero, as that of everything in such an export."""


def checks_for(
    target: Key, store: str, checks: Iterable[PasswordCheck], keys: Sequence[Key]
) -> Iterator[Change]:
    """The changes that make the checks of `store` open under `target`; none where they do already.

    Args:
        target: the key from the export's new password.
        store: the store's label.
        checks: those of all stores.
        keys: the candidates.
    """
    if target.master_key is None:
        return
    layout = LAYOUTS[0]
    others = [key.master_key for key in keys if key is not target and key.master_key is not None]
    for check in checks:
        old = Sealed(check.value)
        if check.store == store and any(_opens(old, Hypothesis(0, key, layout)) for key in others):
            new = encrypt_value(
                Secret(_HELLO), Hypothesis(0, target.master_key, layout), bytes(16), Spelling()
            )
            yield Change(check.record, old, new)


def _opens(sealed: Sealed, hypothesis: Hypothesis) -> bool:
    plain = open_value(sealed, hypothesis)
    return plain is not None and plain.reveal() == _HELLO
