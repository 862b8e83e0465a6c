"""The database's own password: opened with the candidate keys, and encrypted under another."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from audit.cloudbees.layouts import LAYOUTS
from audit.errors import KeyRingError, ReencryptionError
from audit.keys.key_ring import Key
from audit.layouts.layout import Layout
from audit.reencryption.adopted_layout import in_layouts
from audit.reencryption.cipher import Notation, open_value
from audit.reencryption.new_layout import NewLayout
from audit.trial.best import CLEARLY_LIKELIER
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.plain_text import Content
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from audit.verdict import STRONG_AT_MOST
from audit.verdicts.value_form import fitting
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext


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


_NOT_SHOWN: Final = "one value does not show in which layout COMMANDER_DB_PASSWORD lies"
_ANOTHER_WAY: Final = (
    "write it there in plain text by hand: the server encrypts it at its next start (KBEC-00441)"
)


def rekeyed_password(
    stored: Secret, keys: Sequence[Key], target: Key, shown: Collection[Layout] = ()
) -> Secret | None:
    """The stored password under `target`; None where it opens there already, or is not encrypted.

    Args:
        stored: as it stands in the file, Java's escapes taken off.
        keys: the candidates, `target` among them.
        target: the new passkey.
        shown: layouts that other values of the same server show: a single value does not distinguish a
            vector in front of it from a block of text after a constant one.

    Raises:
        ReencryptionError: no candidate opens it with certainty, or its layout leaves a choice.
    """
    sealed = StoredCiphertext(stored.reveal())
    values = Views(
        pl.DataFrame({"value": [sealed.value], "iv": [None]}, {"value": pl.Binary, "iv": pl.Binary})
    )
    if not fitting(values, LAYOUTS, Layout.fits)[0]:
        return None
    opening = _openings(values, hypotheses(keys, LAYOUTS))
    of_server = [each for each in opening if _is_shown(each, shown)]
    opening = of_server or opening
    plain = {open_value(sealed, each) for each in opening}  # None: the first block, whose vector is not known
    used = {keys[each.key].label for each in opening}
    if target.label in used:
        return None
    if len(used) != 1:
        raise ReencryptionError(
            "COMMANDER_DB_PASSWORD opens under none of the candidate keys with certainty", hint=_ANOTHER_WAY
        )
    text = plain.pop()
    if plain or text is None:
        raise ReencryptionError(_NOT_SHOWN, hint=_ANOTHER_WAY)
    forms_of_key = [layout for each in opening for layout in (each.layout, *each.same_as)]
    alike = tuple(in_layouts(target, keys.index(target), forms_of_key, length=None))
    new = NewLayout(alike, Notation(), "").encrypt(text) if alike else None
    if new is None:
        raise ReencryptionError(_NOT_SHOWN, hint=_ANOTHER_WAY)
    return Secret(new.value)


def _openings(values: Views, tried: Sequence[Hypothesis]) -> list[Hypothesis]:
    """What opens the one value with certainty, and is about as likely as the best of it."""
    at_most = math.log10(STRONG_AT_MOST) - math.log10(max(1, len(tried)) * len(Content))
    found = [(float(each.log10[0]), tried[each.hypothesis]) for each in try_keys(values, tried)]
    best = min((log10 for log10, _ in found), default=0.0)
    return [each for log10, each in found if log10 <= at_most and log10 - best < CLEARLY_LIKELIER]


def _is_shown(hypothesis: Hypothesis, shown: Collection[Layout]) -> bool:
    return any(layout in shown for layout in (hypothesis.layout, *hypothesis.same_as))
