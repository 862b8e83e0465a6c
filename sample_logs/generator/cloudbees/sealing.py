"""What became of a secret, and the value that it left in the database.

The ciphertext layouts are chosen, since the product's own are not public. Published exports hold values of
exactly 16, 32 and 48 bytes, equal for equal passwords: those of 3.5 to 5.0 in the vendor's repositories
(electric-cloud/dockercon and others), those of 9.0.1 to 10.4.2 in two others
(kin3303/cloudbees_cdro_install_dockerize, kin3303/cloudbees_cdro_samples). So there is no room for an
initialization vector or a tag, before 9.2 or after. Which layout without them the product has (ECB, or CBC
with a vector that is zero, constant or taken from the key) is unknown; the sample takes one for each size of
key, so that two must be told apart.
"""

import base64
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from sample_logs.generator import plain_text
from sample_logs.generator.cloudbees.story import BUILD_FARM, CURRENT, LABS, OLDER, Passkey
from sample_logs.generator.dice import Dice

_BLOCK: Final = 16


class Fate(Enum):
    """What became of a stored value up to the day of the audit."""

    RENEWED = auto()
    """The upgrade encrypted it again, under the current passkey."""
    SKIPPED = auto()
    """The upgrade left it under the cluster's older passkey."""
    FROM_BUILD_FARM = auto()
    """Imported, and still under the passkey that the build farm's server had."""
    FROM_LABS = auto()
    """Imported, and still under the passkey that the labs' server had."""
    BINARY = auto()
    """Raw bytes under the current passkey: cut off, or so little padded that chance could have made it."""
    PLAIN = auto()
    EMPTY = auto()
    EXTERNAL = auto()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it is stored, its verdict, and what is in it where it is sound ciphertext."""

    value: str = field(repr=False)
    verdict: str
    key: Passkey | None = None
    plain_text: bytes | None = field(default=None, repr=False)


_SEALED: Final = {
    Fate.RENEWED: (CURRENT, "current"),
    Fate.SKIPPED: (OLDER, "older-key"),
    Fate.FROM_BUILD_FARM: (BUILD_FARM, "older-key"),
    Fate.FROM_LABS: (LABS, "lost"),
}
_BINARY_LENGTHS: Final = (17, 24, 27, 20, 18, 22)
"""Bytes drawn for each secret of raw bytes."""
_CUT_AFTER: Final = 32
"""Every other one is a longer secret, cut off so many bytes later than those drawn: no whole number of blocks
of 16 or of 8, and too many for a single block behind a prefix that no other value has."""
_WEAK_LENGTH: Final = 14
"""Bytes of the others: a wrong key gives two bytes of padding to one value in 65,000, and with some keys and
layouts to try that is no proof."""
_PASSED_OVER: Final = 16
"""Bytes of the dice that go by with each renewed value. A layout may want a vector there: which one is taken
changes neither the secrets nor the ids after it, nor then the logs that name them."""
_PLAIN: Final = (
    "changeme!",
    "Summer2014!",
    "hunter2",
    "$[/myProject/dbSecret]",
    "see KeePass",
    "Sommer-2019",
)


class Sealer:
    """Makes secrets one after another, and stores each as its fate asks."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._made: Counter[Fate] = Counter()
        self._shared = [plain_text.password(dice) for _ in range(4)]
        self._shared_in_labs = [plain_text.password(dice), plain_text.pass_phrase(dice)]

    def seal(self, fate: Fate) -> Sealed:
        """The next value of this fate."""
        number = self._made[fate]
        self._made[fate] += 1
        match fate:
            case Fate.EMPTY:
                return Sealed("", "empty")
            case Fate.EXTERNAL:
                return Sealed("", "external")
            case Fate.PLAIN:
                return Sealed(_PLAIN[number % len(_PLAIN)], "plain-text")
            case Fate.BINARY:
                return self._binary(number)
            case _:
                return self._encrypted(fate, number)

    def _binary(self, number: int) -> Sealed:
        secret = self._dice.bytes(_BINARY_LENGTHS[number % len(_BINARY_LENGTHS)])
        if number % 2:
            secret = secret[:_WEAK_LENGTH]
            return Sealed(new_value(secret, CURRENT.content), "ambiguous", CURRENT, secret)
        whole = new_value(secret * 4, CURRENT.content)
        return Sealed(cut_off(whole, _CUT_AFTER + len(secret)), "damaged")

    def _encrypted(self, fate: Fate, number: int) -> Sealed:
        key, verdict = _SEALED[fate]
        secret = self._secret(fate, number)
        if fate is Fate.RENEWED:
            value = new_value(secret, key.content)
            self._dice.bytes(_PASSED_OVER)
        else:
            value = old_value(secret, key.content)
        return Sealed(value, verdict, key, secret)

    def _secret(self, fate: Fate, number: int) -> bytes:
        """Most secrets are passwords of one block; the others come round at steps that seldom coincide."""
        if number % 9 == 4:
            shared = self._shared_in_labs if fate is Fate.FROM_LABS else self._shared
            return shared[number // 9 % len(shared)]
        if number % 7 == 3:
            return plain_text.pass_phrase(self._dice)
        if number % 13 == 5:
            return plain_text.other_script(self._dice)
        if number % 17 == 11:
            return plain_text.private_key(self._dice)
        if number % 29 == 20:
            return plain_text.token(self._dice)
        return plain_text.password(self._dice)


def old_value(secret: bytes, key: bytes) -> str:
    """As up to 9.1: base64 of AES-128-ECB with PKCS#7."""
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 # the layout that is to be found
    return _written(encryptor.update(_padded(secret)))


def new_value(secret: bytes, key: bytes) -> str:
    """As from 9.2: base64 of AES-256-CBC with a vector of zeros and PKCS#7."""
    encryptor = Cipher(AES(key), CBC(bytes(_BLOCK))).encryptor()
    return _written(encryptor.update(_padded(secret)))


def cut_off(value: str, size: int) -> str:
    """The first `size` bytes of a stored value, as a column that is too narrow leaves them."""
    return _written(base64.b64decode(value)[:size])


def _padded(secret: bytes) -> bytes:
    count = _BLOCK - len(secret) % _BLOCK
    return secret + bytes([count]) * count


def _written(content: bytes) -> str:
    return base64.b64encode(content).decode()
