"""Layouts of well-known programs that a user names with one word: `preset = "jasypt-basic"`."""

from collections.abc import Mapping
from typing import Final

OPENSSL_MARK: Final = b"Salted__"
"""What `openssl enc` writes in front of the salt of 8 bytes (openssl-enc(1)); in base64 `U2FsdGVkX1`."""

_OPENSSL: Final[Mapping[str, str | int]] = {
    "cipher": "aes",
    "mode": "cbc",
    "iv": "derived",
    "prefix": OPENSSL_MARK.hex(),
    "derivation": "openssl",
    "digest": "sha256",
    "iterations": 1,
    "salt_size": 8,
    "key_size": 32,
}

PRESETS: Final[Mapping[str, Mapping[str, str | int]]] = {
    "openssl-salted": _OPENSSL,
    "openssl-salted-md5": {**_OPENSSL, "digest": "md5"},
    "openssl-salted-pbkdf2": {**_OPENSSL, "derivation": "pbkdf2", "iterations": 10_000},
    "jasypt-basic": {
        "cipher": "des",
        "mode": "cbc",
        "iv": "derived",
        "derivation": "pbkdf1",
        "digest": "md5",
        "iterations": 1_000,
        "salt_size": 8,
        "key_size": 8,
    },
    "jasypt-strong": {
        "cipher": "aes",
        "mode": "cbc",
        "iv": "front",
        "derivation": "pbkdf2",
        "digest": "sha512",
        "iterations": 1_000,
        "salt_size": 16,
        "key_size": 32,
    },
}
"""The settings of a `[[layouts]]` table for which each word stands; any of them may be given along with it.

`openssl-salted`: `openssl enc -aes-256-cbc` since 1.1.0; `-md5`: what it did before (openssl-enc(1), "-md":
"The default message digest is SHA-256"; the CHANGES of 1.1.0 name the change from MD5). `-pbkdf2`: 10,000
iterations unless `-iter` says otherwise (openssl-enc(1)). For `-aes-128-cbc` say `key_size = 16`; for
`-des-ede3-cbc` `cipher = "3des"` and `key_size = 24`; for `-bf-cbc` `cipher = "blowfish"`, `key_size = 16`.
What CryptoJS makes of a passphrase is `openssl-salted-md5` (its guide, "Interoperability: with OpenSSL").

`jasypt-basic`: Jasypt's `StandardPBEStringEncryptor` as it comes, and its `BasicTextEncryptor`:
PBEWithMD5AndDES, 1,000 iterations, a random salt of one block in front (`StandardPBEByteEncryptor.java` of
Jasypt 1.9: DEFAULT_ALGORITHM, DEFAULT_KEY_OBTENTION_ITERATIONS, `encrypt`). PBEWithMD5AndDES is PBES1 of
RFC 8018, section 6.1.

`jasypt-strong`: PBEWITHHMACSHA512ANDAES_256 with a random vector, the default of jasypt-spring-boot since
3.0.0 (its README, "Password-based Encryption Configuration"): a salt of 16 bytes, then the vector, in front.
"""
