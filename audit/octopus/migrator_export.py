"""Exports of Octopus.Migrator: their password, the `Hello` that checks it, and their vectors of zeros."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from audit.keys.key_ring import Key
from audit.octopus.layouts import LAYOUTS
from audit.reencryption.cipher import Notation, encrypt_value, open_value
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from parsers.stores.interface import PasswordCheck
from parsers.stores.store_writer import StoredCiphertext, ValueChange

_HELLO: Final = b"Hello"
"""Its plain text; its vector is zero, as that of everything in such an export."""


def checks_for(
    target: Key, store: str, checks: Iterable[PasswordCheck], keys: Sequence[Key]
) -> Iterator[ValueChange]:
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
        old = StoredCiphertext(check.value)
        if check.store == store and any(_opens(old, Hypothesis(0, key, layout)) for key in others):
            new = encrypt_value(
                Secret(_HELLO), Hypothesis(0, target.master_key, layout), bytes(16), Notation()
            )
            yield ValueChange(check.record, old, new)


def _opens(sealed: StoredCiphertext, hypothesis: Hypothesis) -> bool:
    plain = open_value(sealed, hypothesis)
    return plain is not None and plain.reveal() == _HELLO


def about_passwords(checks: Iterable[PasswordCheck], keys: Sequence[Key]) -> list[str]:
    """A sentence for each export: whose password is right, which says nothing of the master key."""
    return [_remark(check, _proven_by(check, keys)) for check in checks]


def _remark(check: PasswordCheck, label: str | None) -> str:
    if label is None:
        return (
            f"{check.store}: no candidate opens its Hello: give the export's password (--key migrator:REF); "
            "a master key opens nothing of an export"
        )
    return f"{check.store}: {label!r} opens its Hello: proven to be the export's password, not the master key"


def _proven_by(check: PasswordCheck, keys: Sequence[Key]) -> str | None:
    frame = pl.DataFrame({"value": [check.value], "iv": [None]}, schema={"value": pl.Binary, "iv": pl.Binary})
    tried = hypotheses(keys, LAYOUTS[:1])
    for opened in try_keys(Views(frame), tried):
        if opened.plain[0, : opened.lengths[0]].tobytes() == _HELLO:
            return keys[tried[opened.hypothesis].key].label
    return None


_ZERO_VECTOR: Final = b"|AAAAAAAAAAAAAAAAAAAAAA=="
"""What ends every value that it exports."""


def with_zero_vectors(values: pl.DataFrame) -> frozenset[str]:
    """The stores in which every value has the vector of zeros.

    A single odd value would make every vector of its store the same: so it is all of them, or none.

    Args:
        values: with `store` and `value`.
    """
    barred = values.filter(pl.col("value").bin.contains(b"|"))
    zero = pl.col("value").bin.ends_with(_ZERO_VECTOR).all()
    return frozenset(barred.group_by("store").agg(zero.alias("zero")).filter("zero")["store"])
