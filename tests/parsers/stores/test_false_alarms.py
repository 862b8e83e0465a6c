"""How often the search for ciphertext is wrong about columns that hold something else."""

import hashlib
import random
import sysconfig
import uuid
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from parsers.stores.unmapped import ColumnSearch

COUNT = 2_000
CHANCE = random.Random(20_190_916)
TEXT = (
    "release pipeline of the Kettle service see wiki for who is on duty and how to deploy by hand EC Default "
    "Production Staging credential Provider artifact Repository workspace Console output Jenkins Maven"
)
WORDS = TEXT.split()


def words(count: int) -> list[str]:
    return CHANCE.choices(WORDS, k=count)


def png(number: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + CHANCE.randbytes(60 + number % 40)


ORDINARY: dict[str, Callable[[int], str]] = {
    "names": lambda n: f"{'_'.join(words(3))}_{n}",
    "camel case": lambda n: "".join(word.capitalize() for word in words(5)) + str(n),
    "class names": lambda n: f"com.electriccloud.{'.'.join(words(3))}.{''.join(words(4))}Impl",
    "constants": lambda n: "_".join(words(5)).upper(),
    "descriptions": lambda n: " ".join(words(30)),
    "URLs": lambda n: f"https://ci.example.com/job/{'-'.join(words(3))}/build/{n}/{'/'.join(words(3))}?q={n}",
    "paths": lambda n: f"/opt/cloudbees/sda/{'/'.join(words(4))}/Build-{n}",
    "Windows paths": lambda n: "C:\\Program Files\\" + "\\".join(words(5)),
    "XML": lambda n: f'<property name="{"".join(words(3))}"><value>/{"/".join(words(3))}</value></property>',
    "JSON": lambda n: (
        f'{{"projectName": "{"".join(words(4))}", "path": "/{"/".join(words(4))}", "count": {n}}}'
    ),
    "property values": lambda n: f"${{/my{''.join(words(2))}/{'/'.join(words(2))}}}",
    "UUIDs": lambda n: str(uuid.UUID(int=CHANCE.getrandbits(128), version=4)),
    "UUIDs in text": lambda n: f"job/{uuid.UUID(int=CHANCE.getrandbits(128), version=4)}/step",
    "UUIDs without dashes": lambda n: uuid.UUID(int=CHANCE.getrandbits(128), version=4).hex,
    "SHA-1": lambda n: hashlib.sha1(b"%d" % n).hexdigest(),
    "commits in text": lambda n: f"Merge {hashlib.sha1(b'%d' % n).hexdigest()} into Production",
    "images of containers": lambda n: (
        f"registry.example.com/App@sha256:{hashlib.sha256(b'%d' % n).hexdigest()}"
    ),
    "subresources": lambda n: f"sha384-{b64encode(hashlib.sha384(b'%d' % n).digest()).decode()}",
    "LDAP digests": lambda n: "{SSHA}" + b64encode(hashlib.sha1(b"%d" % n).digest() + b"saltsalt").decode(),
    "crypt": lambda n: (
        f"$6$rounds=5000$saltSALT{n}$" + b64encode(hashlib.sha512(b"%d" % n).digest()).decode()
    ),
    "fingerprints of ssh": lambda n: (
        f"SHA256:{b64encode(hashlib.sha256(b'%d' % n).digest()).decode().rstrip('=')} jane@Host"
    ),
    "icons": lambda n: b64encode(png(n)).decode(),
    "icons as data": lambda n: f"data:image/png;base64,{b64encode(png(n)).decode()}",
    "text in base64": lambda n: b64encode(" ".join(words(6)).encode()).decode(),
    "UTF-16 in base64": lambda n: b64encode(" ".join(words(6)).encode("utf-16-le")).decode(),
    "gzip in base64": lambda n: b64encode(zlib.compress(" ".join(words(40)).encode(), wbits=31)).decode(),
    "tokens for the web": lambda n: ".".join(
        urlsafe_b64encode(part).decode().rstrip("=")
        for part in (
            b'{"alg":"RS256","typ":"JWT"}',
            b'{"sub":"%d","iat":1600000000}' % n,
            CHANCE.randbytes(256),
        )
    ),
    "certificates": lambda n: (
        "-----BEGIN CERTIFICATE-----\n"
        + "\n".join(b64encode(CHANCE.randbytes(48)).decode() for _ in range(9))
        + "\n-----END CERTIFICATE-----\n"
    ),
    "DER in base64": lambda n: b64encode(b"\x30\x82\x01\x00" + CHANCE.randbytes(256)).decode(),
    "public keys": lambda n: (
        "ssh-rsa " + b64encode(b"\0\0\0\7ssh-rsa" + CHANCE.randbytes(260)).decode() + " jane@Host"
    ),
    "pods": lambda n: f"flow-server-{CHANCE.randbytes(5).hex()}-{n:05}-Production",
    "times": lambda n: f"2021-03-04T05:06:{n % 60:02}.000Z-Build-{n}",
    "numbers": lambda n: str(10**24 + n),
}
"""What columns hold, and no key opens."""


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_columns_raise_no_alarm(kind: str) -> None:
    """Not one of two thousand values of a kind is taken for ciphertext."""
    search = ColumnSearch("value")
    values = [ORDINARY[kind](number) for number in range(COUNT)]
    search.add(values)
    assert search.forms().total() == 0, [value for value in values if counted(value)][:3]


def counted(value: str) -> bool:
    search = ColumnSearch("value")
    search.add([value])
    return bool(search.forms())


def test_source_code_raises_no_alarm() -> None:
    """Of the lines of Python's own library at most one in 10,000 is taken for ciphertext."""
    modules = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    lines = [line for path in modules for line in path.read_text("utf-8", "replace").splitlines()]
    search = ColumnSearch("value")
    for start in range(0, len(lines), 1_000):
        search.add(lines[start : start + 1_000])
    assert len(lines) > 50_000
    assert search.forms().total() <= len(lines) / 10_000


@pytest.mark.parametrize(
    ("column", "size"),
    [("md5", 16), ("content_sha256", 32), ("passwordHash", 32), ("checksum", 64), ("git_commit", 32)],
)
def test_digests_are_told_by_their_column(column: str, size: int) -> None:
    """Hex of MD5's or SHA-2's length is a digest where the column's name says so, else ciphertext."""
    values = [CHANCE.randbytes(size).hex() for _ in range(50)]
    named, unnamed = ColumnSearch(column), ColumnSearch("secret")
    named.add(values)
    unnamed.add(values)
    assert named.forms().total() == 0
    assert unnamed.forms().total() == 50
