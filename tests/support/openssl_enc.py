"""Values as `openssl enc` writes them under a passphrase, and reads them."""

import subprocess

from tests.support.programs import need

LEGACY = ["-provider", "legacy", "-provider", "default"]
"""Blowfish and DES by themselves are in a provider of their own since OpenSSL 3."""


def encrypted(plain: bytes, passphrase: bytes, *words: str) -> bytes:
    """Base64 on one line; `words` name the cipher, the digest and so on."""
    return _enc(plain, passphrase, *words)


def decrypted(value: bytes, passphrase: bytes, *words: str) -> bytes:
    """The plain text.

    Raises:
        CalledProcessError: the padding is wrong.
    """
    return _enc(value, passphrase, "-d", *words)


def _enc(content: bytes, passphrase: bytes, *words: str) -> bytes:
    done = subprocess.run(
        [need("openssl"), "enc", *words, "-base64", "-A", "-pass", f"pass:{passphrase.decode()}"],
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout
