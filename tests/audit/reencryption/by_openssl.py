"""AES by the openssl program, which shares nothing with ours but the standard."""

import base64
import subprocess

from tests.support.programs import need


def sealed_by_openssl(key: bytes, vector: bytes | None, plain: bytes) -> bytes:
    """Ciphertext with its padding: ECB without a vector, CBC with one."""
    return _openssl(key, vector, plain)


def opened_by_openssl(key: bytes, vector: bytes | None, ciphertext: bytes) -> bytes:
    """The plain text.

    Raises:
        CalledProcessError: the padding is wrong.
    """
    return _openssl(key, vector, ciphertext, "-d")


def opened_beside_by_openssl(key: bytes, value: bytes) -> bytes:
    """The plain text of base64 with its vector behind a `|`.

    Raises:
        CalledProcessError: the padding is wrong.
    """
    ciphertext, vector = (base64.b64decode(part) for part in value.split(b"|"))
    return opened_by_openssl(key, vector, ciphertext)


def _openssl(key: bytes, vector: bytes | None, content: bytes, *more: str) -> bytes:
    mode = ["ecb"] if vector is None else ["cbc", "-iv", vector.hex()]
    done = subprocess.run(
        [need("openssl"), "enc", *more, f"-aes-{8 * len(key)}-{mode[0]}", "-K", key.hex(), *mode[1:]],
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout
