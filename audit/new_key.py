"""A new key of the right form, from the system's source of randomness; it is written, and never shown."""

import base64
import errno
import os
import re
import secrets
from pathlib import Path
from typing import Final

from audit.errors import ReencryptionError
from parsers.secret import Secret

MASTER_KEY_BYTES: Final = {128: 16, 256: 32}
"""Octopus' two lengths; 256 bits are the default since 2024.4 (OctopusDeploy/Issues #9104)."""

_HEX: Final = re.compile(rb"((?:[0-9a-fA-F]{2})+)(\s*)")
_BASE64: Final = re.compile(rb"([A-Za-z0-9+/]+={0,2})(\s*)")
_AES_BYTES: Final = (16, 24, 32)


def new_master_key(bits: int) -> Secret:
    """A master key as `show-master-key` prints one: base64, a line."""
    return Secret(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES[bits])) + b"\n")


def new_passkey(like: Secret) -> Secret:
    """A passkey file of the same form and length as one that the server made.

    What a passkey file holds is public nowhere, so the form is taken from the file: bytes as they are, or hex
    or base64 of bytes, with the same white space behind.
    """
    content = like.reveal()
    if (found := _HEX.fullmatch(content)) and len(found[1]) // 2 in _AES_BYTES:
        digits = secrets.token_hex(len(found[1]) // 2)
        capitals = found[1] != found[1].lower()
        return Secret((digits.upper() if capitals else digits).encode() + found[2])
    if (found := _BASE64.fullmatch(content)) and (size := _decoded_size(found[1])) in _AES_BYTES:
        return Secret(base64.b64encode(secrets.token_bytes(size)) + found[2])
    if len(content) not in _AES_BYTES:
        raise ReencryptionError(
            f"a file of {len(content)} bytes is no AES key in a form that is known: none can be made like it",
            hint="name the passkey file that the server made; `passkey-audit fingerprint` tells what it is",
        )
    while (made := secrets.token_bytes(len(content))).strip() != made:
        pass  # white space at an end would make another key of it where a reader trims
    return Secret(made)


def write_new_key(path: Path, key: Secret) -> None:
    """A file of mode 0600 that was not there before.

    Raises:
        ReencryptionError: something stands there, or it cannot be written; a key is never overwritten.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise ReencryptionError(
            f"{str(path)!r} is there already: a key is never overwritten", hint="name another file"
        ) from None
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask
            file.write(key.reveal())
            file.flush()
            os.fsync(file.fileno())
        _synchronise_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _cannot(path, error) from error


def _synchronise_folder(folder: Path) -> None:
    """Values may soon lie under a key that is nowhere else: its name must be on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot synchronise a folder say EINVAL
            raise
    finally:
        os.close(descriptor)


def _decoded_size(text: bytes) -> int:
    return len(text) // 4 * 3 - text.count(b"=") if len(text) % 4 == 0 else 0


def _cannot(path: Path, error: OSError) -> ReencryptionError:
    reason = (error.strerror or type(error).__name__).lower()
    return ReencryptionError(f"cannot write {str(path)!r}: {reason}")
