"""Keys that Octopus' tools make from a password: the Migrator's exports, and offline package drops."""

import hashlib
from enum import StrEnum
from typing import Final

from parsers.keys.key_file import KeyFile
from parsers.octopus import ID
from parsers.secret import Secret

_SALT: Final = b"Octopuss"
_ROUNDS: Final = 1000
"""As in the published sources of Calamari and of the Migrator; the spelling of the salt is theirs."""


class PasswordUse(StrEnum):
    """What a password is for; the value is the prefix of a reference, `migrator:env:NAME`."""

    MIGRATOR = "migrator"
    DROP = "drop"


_SIZES: Final = {PasswordUse.MIGRATOR: (16,), PasswordUse.DROP: (16, 32)}
"""Bytes of the keys: offline drops changed to 32 with version 2025.1."""


def password_keys(label: str, reference: str, use: PasswordUse, password: Secret) -> list[KeyFile]:
    """The keys that a password may stand for.

    They have no fingerprint: that of a key from a weak password would give the password away.
    """
    return [
        KeyFile(
            label=label if size == _SIZES[use][0] else f"{label} ({8 * size} bits)",
            reference=reference,
            content=key,
            master_key=key,
            fingerprint="",
            remarks=(),
            form_of=ID,
        )
        for size in _SIZES[use]
        for key in [Secret(hashlib.pbkdf2_hmac("sha1", password.reveal(), _SALT, _ROUNDS, size))]
    ]
