"""A new master key, from the system's source of randomness; it is written, and never shown."""

import base64
import secrets
from typing import Final

from parsers.secret import Secret

MASTER_KEY_BYTES: Final = {128: 16, 256: 32}
"""Octopus' two lengths; 256 bits are the default since 2024.4 (OctopusDeploy/Issues #9104)."""


def new_master_key(bits: int) -> Secret:
    """A master key as `show-master-key` prints one: base64, a line."""
    return Secret(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES[bits])) + b"\n")
