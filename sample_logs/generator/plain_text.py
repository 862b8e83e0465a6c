"""The fictional secrets: short passwords, pass phrases, other scripts, keys in PEM, tokens."""

import base64
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sample_logs.generator.dice import Dice

_FIRST: Final = ("Tidal", "Amber", "Quiet", "Brisk", "Coral", "Dusty", "Early", "Fabled", "Gusty", "Hazel")
_SECOND: Final = ("Otter", "Raven", "Maple", "Comet", "Delta", "Ember", "Fjord", "Grove", "Heron", "Islet")
_SIGNS: Final = "!#%+-=?@_~"
_OTHER_SCRIPTS: Final = ("пароль-склад", "密码本", "κωδικός", "סיסמה", "パスワ", "clé-été")
LAST_LENGTH: Final = 12
"""Bytes of the last block that a secret in another script fills at most: at least four bytes of padding then
tell it from noise."""


def password(dice: Dice) -> bytes:
    """9 to 15 bytes: one block under PKCS#7."""
    word = dice.pick(_FIRST) + dice.pick(_SECOND)
    return f"{word}{dice.pick(_SIGNS)}{dice.below(900) + 100}".encode()


def pass_phrase(dice: Dice) -> bytes:
    """More than one block, so that ECB and CBC can be told apart."""
    words = [dice.pick(_FIRST).lower() + "-" + dice.pick(_SECOND).lower() for _ in range(2 + dice.below(3))]
    return f"{' '.join(words)} {dice.below(9000) + 1000}".encode()


def other_script(dice: Dice) -> bytes:
    """A password that is not Latin, UTF-8."""
    return f"{dice.pick(_OTHER_SCRIPTS)}{dice.below(90) + 10}".encode()


def private_key(dice: Dice) -> bytes:
    """A real Ed25519 key in PEM: several lines."""
    key = Ed25519PrivateKey.from_private_bytes(dice.bytes(32))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def token(dice: Dice) -> bytes:
    """An API token: 36 to 56 characters of base64, two blocks of AES or more."""
    return base64.urlsafe_b64encode(dice.bytes(16 * (1 + dice.below(2)) + LAST_LENGTH - dice.below(4)))
