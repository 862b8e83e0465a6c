"""Marks by which ciphertext of other programs is recognised, and named, without trying a key."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from audit.layouts.presets import OPENSSL_MARK


def _always(value: bytes) -> bool:
    return bool(value)


@dataclass(frozen=True, slots=True)
class Mark:
    """What ciphertext of one program begins with.

    Attributes:
        name: the program and the mark, for people.
        heads: its first bytes, in each way of writing it down.
        confirms: whether the rest looks like it too; heads that chance could give need that.
    """

    name: str
    heads: tuple[bytes, ...]
    confirms: Callable[[bytes], bool] = _always


def foreign_mark(value: bytes) -> str:
    """The name of the program that wrote a stored value, by its mark, or "": `OpenSSL enc (Salted__)`."""
    bare = value.strip()
    found = (mark for mark in MARKS if bare.startswith(mark.heads) and mark.confirms(bare))
    return next((mark.name for mark in found), "")


def foreign_marks(values: pl.Series) -> pl.Series:
    """The same for a Binary series; a String series, "" where a value is null.

    Only values that begin as some mark does, or with white space, are looked at one by one.
    """
    heads = (*dict.fromkeys(head for mark in MARKS for head in mark.heads), *_WHITE_SPACE)
    begins = reduce(or_, (values.bin.starts_with(head) for head in heads)).fill_null(value=False)
    named = pl.Series("", [""]).new_from_index(0, values.len())
    rows = begins.arg_true()
    names = [foreign_mark(value) for value in values.gather(rows)]
    return named.scatter(rows, names).alias(values.name)


_WHITE_SPACE: Final = (b" ", b"\t", b"\r", b"\n")

_FERNET_AROUND: Final = 1 + 8 + 16 + 32
"""Bytes of version, time, vector and HMAC."""

_CMS_TYPES: Final = (
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
)
"""Object identifiers, as DER: enveloped, encrypted and authenticated-enveloped data (RFC 5652, RFC 5083)."""

_CMS_HEADER: Final = 6
"""Bytes of the outer SEQUENCE's tag and length at most, up to 4 GB."""


def _decoded(value: bytes) -> bytes:
    """The bytes of base64 in either alphabet, or nothing."""
    text = b"".join(value.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _is_fernet(value: bytes) -> bool:
    body = len(_decoded(value)) - _FERNET_AROUND
    return body > 0 and body % 16 == 0


def _is_jwe(value: bytes) -> bool:
    """Five parts, of which the first is a JSON object that names a content encryption, `enc`."""
    parts = value.split(b".")
    if len(parts) != 5:
        return False
    try:
        header = json.loads(_decoded(parts[0]))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "enc" in header


def _is_laravel(value: bytes) -> bool:
    try:
        content = json.loads(_decoded(value))
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and {"iv", "value", "mac"} <= content.keys()


def _is_cms(value: bytes) -> bool:
    """DER or BER whose content type, right after the outer header, is one of encryption."""
    content = value if value.startswith(b"\x30") else _decoded(value)
    return any(content.find(kind, 2, _CMS_HEADER + len(kind)) > 0 for kind in _CMS_TYPES)


def _is_closed(value: bytes) -> bool:
    return value.endswith((b")", b"]"))


MARKS: Final = (
    # U2FsdGVkX19…: openssl-enc(1); in base64 the tenth character holds the mark's last four bits
    Mark("OpenSSL enc (Salted__)", (OPENSSL_MARK, b"U2FsdGVkX1", OPENSSL_MARK.hex().encode())),
    # $ANSIBLE_VAULT;1.1;AES256: Ansible's documentation, "Format of files encrypted with Ansible Vault"
    Mark("Ansible Vault ($ANSIBLE_VAULT)", (b"$ANSIBLE_VAULT;",)),
    # vault:v1:…: HashiCorp's documentation, "Transit secrets engine", encrypt
    Mark("HashiCorp Vault transit (vault:v)", tuple(b"vault:v%d" % digit for digit in range(1, 10))),
    # gAAAAA…: 0x80 and a time of 64 bits, github.com/fernet/spec, "Token Format"; before the year 2106
    Mark("Fernet (gAAAAA)", (b"gAAAAA",), _is_fernet),
    # {cipher}…: Spring Cloud Config's reference, "Encryption and Decryption"
    Mark("Spring Cloud Config ({cipher})", (b"{cipher}",)),
    # {aes-gcm}…: SonarQube's documentation, "Encrypting settings"; others write such a scheme too
    Mark("a scheme in braces, as of SonarQube ({aes-gcm})", (b"{aes-gcm}", b"{AES-GCM}")),
    # ENC[AES256_GCM,data:…: SOPS's README; ENC[PKCS7,… ENC[GPG,…: hiera-eyaml's README
    Mark("SOPS (ENC[AES256_GCM)", (b"ENC[AES256_GCM,",), _is_closed),
    Mark("hiera-eyaml (ENC[)", (b"ENC[PKCS7,", b"ENC[GPG,"), _is_closed),
    # ENC(…): Jasypt's guide, "Encrypting application configuration files"
    Mark("Jasypt in properties (ENC())", (b"ENC(",), _is_closed),
    # RFC 9580, section 6.2
    Mark("an OpenPGP message (BEGIN PGP MESSAGE)", (b"-----BEGIN PGP MESSAGE",)),
    # age-encryption.org/v1: C2SP, "The age file encryption format"
    Mark(
        "age (age-encryption.org)",
        (b"age-encryption.org/v", b"-----BEGIN AGE ENCRYPTED FILE", b"YWdlLWVuY3J5cHRpb24ub3JnL3"),
    ),
    # RFC 7516, section 3.1: five parts of base64url
    Mark("a JWE (RFC 7516)", (b"eyJ",), _is_jwe),
    # base64 of {"iv":…,"value":…,"mac":…}: Laravel's Illuminate\Encryption\Encrypter, `encrypt`
    Mark("Laravel (iv, value, mac)", (b"eyJpdiI6",), _is_laravel),
    # RFC 7468, sections 8 and 9; RFC 5652: base64 of a SEQUENCE begins MI
    Mark("PKCS#7 or CMS (RFC 5652)", (b"-----BEGIN PKCS7", b"-----BEGIN CMS")),
    Mark("PKCS#7 or CMS (RFC 5652)", (b"MI", b"\x30\x82", b"\x30\x81", b"\x30\x80"), _is_cms),
    # AQICAH…: AWS does not document its form ("Customer data operations"); published values all begin so
    Mark("AWS KMS (AQICAH)", (b"AQICAH", b"\x01\x02\x02\x00\x78")),
    # Version 1 and the provider df9d8cd0-1501-11d1-8c7a-00c04fc297eb: passcape.com, "DPAPI blob analysis"
    Mark("Windows DPAPI (AQAAANCMnd8B)", (b"AQAAANCMnd8B", b"\x01\x00\x00\x00\xd0\x8c\x9d\xdf\x01")),
    # CfDJ8…: 09 F0 C9 F0, Microsoft's reference, "Authenticated encryption details in ASP.NET Core"
    Mark("ASP.NET Core Data Protection (CfDJ8)", (b"CfDJ8", b"\x09\xf0\xc9\xf0")),
    # k8s:enc:aescbc:v1:…: Kubernetes' documentation, "Encrypting Confidential Data at Rest"
    Mark("Kubernetes at rest (k8s:enc:)", (b"k8s:enc:",)),
    # EJ[1:…: ejson(5)
    Mark("ejson (EJ[)", (b"EJ[1:",), _is_closed),
)
"""What is looked for, the stricter before the looser."""
