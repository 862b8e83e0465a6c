"""Keys from passphrases, against RFC 6070, the openssl program and PyCryptodome."""

import re
import subprocess

import pytest
from Crypto.Hash import MD5, SHA1
from Crypto.Protocol.KDF import PBKDF1

from audit.layouts.derivation import Derivation, Digest, Function
from parsers.secret import Secret
from tests.support.programs import need

SALT = bytes.fromhex("0102030405060708")


def test_vectors_of_rfc_6070() -> None:
    """The second test vector of PBKDF2 with SHA-1; a constant salt is as good as one of the value's own."""
    wanted = bytes.fromhex("ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957")
    constant = Derivation(Function.PBKDF2, Digest.SHA1, 2, 20, salt=b"salt")
    assert constant.derive(Secret(b"password"), b"") == (Secret(wanted), b"")
    own = Derivation(Function.PBKDF2, Digest.SHA1, 2, 16, salt_size=4)
    assert own.derive(Secret(b"password"), b"salt", 4) == (Secret(wanted[:16]), wanted[16:])


@pytest.mark.parametrize("digest", [Digest.MD5, Digest.SHA1])
def test_pbkdf1_by_pycryptodome(digest: Digest) -> None:
    """The key and the vector after it are PBKDF1's output, taken apart."""
    size, module = digest.size, {Digest.MD5: MD5, Digest.SHA1: SHA1}[digest]
    wanted = PBKDF1("secret", SALT, size, 1_000, module)
    how = Derivation(Function.PBKDF1, digest, 1_000, 8, salt_size=8)
    assert how.derive(Secret(b"secret"), SALT, size - 8) == (Secret(wanted[:8]), wanted[8:])


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("pbkdf2", [False, True])
def test_openssl_says_its_keys(digest: str, pbkdf2: bool) -> None:  # a parameter of the test
    """What `openssl enc -P` prints: key and vector of a cipher from passphrase and salt."""
    more = ["-pbkdf2", "-iter", "777"] if pbkdf2 else []
    said = subprocess.run(
        [
            need("openssl"),
            "enc",
            "-aes-256-cbc",
            "-P",
            "-md",
            digest,
            *more,
            "-S",
            SALT.hex(),
            "-pass",
            "pass:pw",
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    key, vector = (bytes.fromhex(found) for found in re.findall(r"(?:key|iv ?)=([0-9A-F]+)", said))
    function, iterations = (Function.PBKDF2, 777) if pbkdf2 else (Function.OPENSSL, 1)
    how = Derivation(function, Digest(digest), iterations, 32, salt_size=8)
    assert how.derive(Secret(b"pw"), SALT, 16) == (Secret(key), vector)


def test_its_name_tells_all() -> None:
    """Function, digest, iterations, size of the key, and the salt."""
    own = Derivation(Function.PBKDF2, Digest.SHA512, 1_000, 32, salt_size=16)
    assert own.name == "pbkdf2-sha512-1000-32/salt-16"
    assert Derivation(Function.OPENSSL, Digest.MD5, 1, 16, SALT).name == f"openssl-md5-1-16/salt-{SALT.hex()}"
