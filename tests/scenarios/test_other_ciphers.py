"""The story of an old store: 3DES, Jasypt and openssl values beside new ones, opened once a file says how."""

import base64
import csv
import random
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from Crypto.Cipher import AES, DES, DES3
from Crypto.Hash import MD5
from Crypto.Protocol.KDF import PBKDF1
from Crypto.Util.Padding import pad, unpad

from audit.layouts.user_supplied import read_layouts
from tests.support.openssl_enc import encrypted
from tests.support.program import passkey_audit
from tests.support.sealing import passwords

CHANCE: Final = random.Random(41)
NEW, OLD_KEY, PASSPHRASE = CHANCE.randbytes(32), CHANCE.randbytes(24), b"old-passphrase"
EACH: Final = 25
TOML: Final = """
[[layouts]]
cipher = "3des"
mode = "ecb"
iv = "none"
key_form = "raw"

[[layouts]]
preset = "jasypt-basic"

[[layouts]]
preset = "openssl-salted-md5"
"""


def new(plain: bytes) -> bytes:
    vector = CHANCE.randbytes(16)
    return base64.b64encode(vector + AES.new(NEW, AES.MODE_CBC, iv=vector).encrypt(pad(plain, 16)))


def triple_des(plain: bytes) -> bytes:
    return base64.b64encode(DES3.new(OLD_KEY, DES3.MODE_ECB).encrypt(pad(plain, 8)))


def jasypt(plain: bytes) -> bytes:
    salt = CHANCE.randbytes(8)
    derived = PBKDF1(PASSPHRASE.decode(), salt, 16, 1_000, MD5)
    return base64.b64encode(salt + DES.new(derived[:8], DES.MODE_CBC, iv=derived[8:]).encrypt(pad(plain, 8)))


def openssl(plain: bytes) -> bytes:
    return encrypted(plain, PASSPHRASE, "-aes-256-cbc", "-md", "md5")


KINDS: Final = {"new": new, "3des": triple_des, "jasypt": jasypt, "openssl": openssl}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A folder with `store.csv`, `keys` and `layouts.toml`; and the plain texts by name."""
    folder = tmp_path_factory.mktemp("old")
    plain = [each for each in passwords(400, CHANCE, longest=24) if len(each) > 7]
    texts = {f"{kind}-{number}": plain.pop() for kind in KINDS for number in range(EACH)}
    with (folder / "store.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["kind", "project", "name", "user_name", "value"])
        for name, text in texts.items():
            value = KINDS[name.partition("-")[0]](text).decode()
            rows.writerow(["credential", "P", name, "u", value])
    (folder / "keys").mkdir()
    for name, content in {"passkey": NEW, "old-3des": OLD_KEY, "old-phrase": PASSPHRASE + b"\n"}.items():
        (folder / "keys" / name).write_bytes(content)
        (folder / "keys" / name).chmod(0o600)
    (folder / "layouts.toml").write_text(TOML)
    return folder, texts


WORDS: Final = ("--store", "store.csv", "--key", "keys", "--layouts", "layouts.toml")


def test_layouts_names_them(estate: tuple[Path, dict[str, bytes]]) -> None:
    """Each layout of the file is established, with the key or passphrase that shows it."""
    ended = passkey_audit("layouts", *WORDS, "--format", "csv", cwd=estate[0])
    found = {(row["layout"], row["key"]) for row in csv.DictReader(ended.out.decode().splitlines())}
    assert {
        ("3des-ecb/base64/key-raw", "old-3des"),
        ("des-cbc/iv-derived/pbkdf1-md5-1000-8/salt-8/base64/key-trimmed", "old-phrase"),
        (
            "aes-cbc/iv-derived/openssl-md5-1-32/salt-8/prefix-53616c7465645f5f/base64/key-trimmed",
            "old-phrase",
        ),
    } <= found


def test_all_come_over(estate: tuple[Path, dict[str, bytes]]) -> None:
    """All old values open, and are written under the current key in its own layout, to the same text."""
    folder, texts = estate
    ended = passkey_audit("audit", *WORDS, "--current", "passkey", "--out", "run", "-q", cwd=folder)
    assert ended.code == 10, ended.err
    with (folder / "run" / "credentials.csv").open() as file:
        verdicts = Counter(
            (row["name"].partition("-")[0], row["verdict"], row["opened_by"]) for row in csv.DictReader(file)
        )
    assert verdicts == {
        ("new", "current", "passkey"): EACH,
        ("3des", "older-key", "old-3des"): EACH,
        ("jasypt", "older-key", "old-phrase"): EACH,
        ("openssl", "older-key", "old-phrase"): EACH,
    }
    ended = passkey_audit(
        "reencrypt", "run", *WORDS, "--to", "passkey", "--apply", "--yes", "--out", "new.csv", cwd=folder
    )
    assert ended.code == 0, ended.err
    with (folder / "new.csv").open() as file:
        opened = {row["name"]: by_pycryptodome(row["value"]) for row in csv.DictReader(file)}
    assert opened == texts
    assert not any(PASSPHRASE in file.read_bytes() for file in (folder / "run").iterdir() if file.is_file())


def by_pycryptodome(value: str) -> bytes:
    content = base64.b64decode(value)
    plain: bytes = unpad(AES.new(NEW, AES.MODE_CBC, iv=content[:16]).decrypt(content[16:]), 16)
    return plain


def test_readiness_takes_the_file_too(estate: tuple[Path, dict[str, bytes]]) -> None:
    """Without it the values of other ciphers are of a layout that nobody knows; with it an older key's."""
    bare = passkey_audit("readiness", *WORDS[:4], "--current", "passkey", "-q", cwd=estate[0])
    told = passkey_audit("readiness", *WORDS, "--current", "passkey", "-q", cwd=estate[0])
    assert (bare.code, told.code) == (3, 10)
    assert f"{3 * EACH} older-key".encode() in told.out
    assert f"{3 * EACH} unknown".encode() in bare.out


def test_without_the_file_nothing_is_said_to_be_opened(estate: tuple[Path, dict[str, bytes]]) -> None:
    """Other ciphers are never guessed: only the new values open."""
    ended = passkey_audit("audit", *WORDS[:4], "--current", "passkey", "--out", "bare", "-q", cwd=estate[0])
    assert ended.code == 10, ended.err
    with (estate[0] / "bare" / "credentials.csv").open() as file:
        opened = Counter(
            row["name"].partition("-")[0] for row in csv.DictReader(file) if row["verdict"] == "current"
        )
    assert opened == {"new": EACH}


def test_a_known_text_proves_it(estate: tuple[Path, dict[str, bytes]]) -> None:
    """One text proves a layout of passphrases, and what is saved opens the values like the file did."""
    folder, texts = estate
    (folder / "text").write_bytes(texts["jasypt-0"])
    known = ("--known", "/projects/P/credentials/jasypt-0", "--known-text", "text")
    ended = passkey_audit("layouts", *WORDS, *known, "--save", "saved.toml", cwd=folder)
    assert (
        "is given by des-cbc/iv-derived/pbkdf1-md5-1000-8/salt-8/base64/key-trimmed under old-phrase"
        in ended.err
    )
    found = read_layouts(folder / "saved.toml")
    assert [each.name for each in found.proven] == [
        "des-cbc/iv-derived/pbkdf1-md5-1000-8/salt-8/base64/key-trimmed"
    ]
    assert len(found.to_try) == 2
