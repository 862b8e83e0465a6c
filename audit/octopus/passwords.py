"""The password of a Migrator's export, checked by the `Hello` that it wrote into its metadata."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from audit.keys.key_ring import Key
from audit.octopus.layouts import LAYOUTS
from audit.trial.hypothesis import hypotheses
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.stores.interface import PasswordCheck

_HELLO: Final = b"Hello"


def about_passwords(checks: Iterable[PasswordCheck], keys: Sequence[Key]) -> list[str]:
    """A sentence for each export: whose password is right, which says nothing of the master key."""
    return [_about(check, _proven_by(check, keys)) for check in checks]


def _about(check: PasswordCheck, label: str | None) -> str:
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
