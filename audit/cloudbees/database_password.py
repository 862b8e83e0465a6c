"""The database's own password, opened with the candidate keys; it is used, and shown nowhere."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from audit.cloudbees.layouts import LAYOUTS
from audit.errors import KeyRingError
from audit.keys.key_ring import Key
from audit.layouts.layout import Layout
from audit.trial.hypothesis import hypotheses
from audit.trial.plain_text import Content
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from audit.verdict import STRONG_AT_MOST
from audit.verdicts.value_form import fitting
from parsers.secret import Secret


@dataclass(frozen=True, slots=True)
class PasswordOpening:
    """How a stored database password opens.

    Attributes:
        password: in plain text; None where no candidate fits at all.
        key: the candidate that fits; None for a password that is not encrypted, or that none fits.
        certain: whether the password is not encrypted, or its opening is strong.
    """

    password: Secret | None
    key: Key | None
    certain: bool


def open_database_password(stored: Secret, keys: Sequence[Key]) -> Secret:
    """`COMMANDER_DB_PASSWORD` of database.properties in plain text; its opening must be strong.

    Raises:
        KeyRingError: it has the form of ciphertext, and no candidate opens it with certainty.
    """
    opening = password_opening(stored, keys)
    if opening.password is None or not opening.certain:
        raise KeyRingError(
            "COMMANDER_DB_PASSWORD opens under none of the candidate keys",
            hint="give the passkey that the server uses with --key, or the password with --database-password",
        )
    return opening.password


def password_opening(stored: Secret, keys: Sequence[Key]) -> PasswordOpening:
    """What becomes of `COMMANDER_DB_PASSWORD` under these keys, each tried in every known layout.

    The server encrypts it with the passkey at its next start, so that it may stand there in plain text too
    (KBEC-00441).
    """
    values = Views(_as_frame(stored))
    if not fitting(values, LAYOUTS, Layout.fits)[0]:
        return PasswordOpening(stored, None, certain=True)
    tried = hypotheses(keys, LAYOUTS)
    at_most = math.log10(STRONG_AT_MOST) - math.log10(max(1, len(tried)) * len(Content))
    best = min(try_keys(values, tried), key=lambda opened: float(opened.log10[0]), default=None)
    if best is None:
        return PasswordOpening(None, None, certain=False)
    return PasswordOpening(
        password=Secret(best.plain[0, : best.lengths[0]].tobytes()),
        key=keys[tried[best.hypothesis].key],
        certain=float(best.log10[0]) <= at_most,
    )


def _as_frame(stored: Secret) -> pl.DataFrame:
    schema = {"value": pl.Binary, "iv": pl.Binary, "credential_type": pl.String}
    return pl.DataFrame([(stored.reveal(), None, "")], schema=schema, orient="row")
