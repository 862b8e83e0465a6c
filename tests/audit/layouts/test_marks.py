"""Ciphertext of other programs, named by its mark."""

import base64
import os
import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from audit.layouts.marks import MARKS, foreign_mark, foreign_marks
from tests.support.openssl_enc import encrypted

JWE = (
    # RFC 7516, appendix A.1
    b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ."
    b"OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGe."
    b"48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ"
)
JWT = (
    # RFC 7519, section 3.1: three parts, signed and not encrypted
    b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    b"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)
LARAVEL = base64.b64encode(
    b'{"iv":"Y2hhbmNlY2hhbmNlY2hhbg==","value":"c2VjcmV0c2VjcmV0c2VjcmV0cw==","mac":"00ff","tag":""}'
)
PLAIN = {
    "openssl": (b"U2FsdGVkX18obONbFOMSCh3A5EKTA9kiaqel9F2Mh30=", "OpenSSL enc (Salted__)"),
    "openssl raw": (b"Salted__12345678" + bytes(16), "OpenSSL enc (Salted__)"),
    "openssl hex": (b"53616c7465645f5f0102030405060708" + b"00" * 16, "OpenSSL enc (Salted__)"),
    "ansible": (b"$ANSIBLE_VAULT;1.1;AES256\n6231\n", "Ansible Vault ($ANSIBLE_VAULT)"),
    "vault": (
        b"vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==",
        "HashiCorp Vault transit (vault:v)",
    ),
    "vault 12": (
        b"vault:v12:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==",
        "HashiCorp Vault transit (vault:v)",
    ),
    "spring": (b"{cipher}FKSAJDFGYOS8F7GLHAKERGFHLSAJ", "Spring Cloud Config ({cipher})"),
    "sonar": (
        b"{aes-gcm}8oNLSuLtePyZEEJcoOwG847pCs5i0I92NZdbMWfCMZ5OwjXW",
        "a scheme in braces, as of SonarQube ({aes-gcm})",
    ),
    "sops": (b"ENC[AES256_GCM,data:Tr7o=,iv:1=,tag:3=,type:str]", "SOPS (ENC[AES256_GCM)"),
    "eyaml": (
        b"ENC[PKCS7,MIIBiQYJKoZIhvcNAQcDoIIBejCCAXYCAQAxggEhMIIBHQIBADAFMAACAQEw]",
        "hiera-eyaml (ENC[)",
    ),
    "jasypt": (b"ENC(VIYeyCyD9/55Hhd1IajXmA==)", "Jasypt in properties (ENC())"),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "an OpenPGP message (BEGIN PGP MESSAGE)"),
    "age": (b"age-encryption.org/v1\n-> X25519 abc\n", "age (age-encryption.org)"),
    "age armor": (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "age (age-encryption.org)"),
    "age base64": (base64.b64encode(b"age-encryption.org/v1\n-> X25519 abc\n"), "age (age-encryption.org)"),
    "jwe": (JWE, "a JWE (RFC 7516)"),
    "laravel": (LARAVEL, "Laravel (iv, value, mac)"),
    "kms": (
        b"AQICAHhKdRavF8B7wWI/ZeHt2cEulfcUu9tExhGy3vMmcTir7QFzLeT2jmIpXfyx+Z/UWsPiAAAAiTCBhgYJKoZIhvcNAQcGoHkwdwIBADBy",
        "AWS KMS (AQICAH)",
    ),
    "dpapi": (b"AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA", "Windows DPAPI (AQAAANCMnd8B)"),
    "dpapi raw": (bytes.fromhex("01000000d08c9ddf0115d1118c7a00c04fc297eb"), "Windows DPAPI (AQAAANCMnd8B)"),
    "asp.net": (b"CfDJ8NT5Ve0dYhRKsWVx2ZsHw1", "ASP.NET Core Data Protection (CfDJ8)"),
    "kubernetes": (b"k8s:enc:aescbc:v1:key1:" + bytes(32), "Kubernetes at rest (k8s:enc:)"),
    "ejson": (b"EJ[1:yzhPzQ=:8pMq=:tTQ=]", "ejson (EJ[)"),
}


def enveloped() -> bytes:
    """DER of PKCS#7 enveloped data, made by the library for a fresh certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    made = pkcs7.PKCS7EnvelopeBuilder().set_data(b"a password")
    made = made.add_recipient(builder.sign(key, hashes.SHA256()))
    return made.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


@pytest.mark.parametrize("name", PLAIN)
def test_each_mark_is_named(name: str) -> None:
    """As published, and with white space around it."""
    value, wanted = PLAIN[name]
    assert foreign_mark(value) == wanted
    assert foreign_mark(b" " + value + b"\r\n") == wanted


def test_programs_that_are_here() -> None:
    """What openssl, Fernet and a PKCS#7 library write."""
    assert foreign_mark(encrypted(b"a password", b"pw", "-aes-256-cbc")) == "OpenSSL enc (Salted__)"
    assert foreign_mark(Fernet(Fernet.generate_key()).encrypt(b"a password")) == "Fernet (gAAAAA)"
    der = enveloped()
    pem = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(der) + b"-----END PKCS7-----\n"
    for value in (der, base64.b64encode(der), pem):
        assert foreign_mark(value) == "PKCS#7 or CMS (RFC 5652)"


def test_what_has_no_mark() -> None:
    """A signed token, a certificate's beginning, words that begin alike, AES in every encoding, nothing."""
    chance = random.Random(6)
    aes = [chance.randbytes(16 * (1 + number % 5)) for number in range(20_000)]
    others = [
        b"",
        JWT,
        b"eyJ" + b"a" * 40,
        b"eyJhbGciOiJub25lIn0.a.b.c.d",
        b"gAAAAA",
        b"gAAAAABmX0",
        base64.b64encode(b"\x30\x82\x03\x01" + os.urandom(60)),
        b"ENC(never closed",
        b"MIXED words",
        b"vault:value",
        b"Salted peanuts",
        b"\xff\xfe",
    ]
    assert {foreign_mark(value) for value in others} == {""}
    for encode in (base64.b64encode, lambda value: value.hex().encode(), bytes):
        assert {foreign_mark(encode(value)) for value in aes} == {""}


def test_columns_say_the_same() -> None:
    """For every value of a column, nulls and empty columns too."""
    values = [None, b"", b"hunter2", *(value for value, _ in PLAIN.values()), b"\n" + JWE, JWT, None]
    series = pl.Series("value", values, pl.Binary)
    wanted = [foreign_mark(value) if value else "" for value in values]
    assert foreign_marks(series).to_list() == wanted
    assert foreign_marks(series).name == "value"
    assert foreign_marks(pl.Series("value", [None, None], pl.Binary)).to_list() == ["", ""]
    assert foreign_marks(pl.Series("value", [], pl.Binary)).to_list() == []


def test_every_mark_is_in_this_file() -> None:
    """A mark without an example here is not tested."""
    named = {wanted for _, wanted in PLAIN.values()} | {"Fernet (gAAAAA)", "PKCS#7 or CMS (RFC 5652)"}
    assert {mark.name for mark in MARKS} == named
