"""What people type, and what ciphers write, in every encoding."""

import base64
import json
import random
import string
from collections.abc import Callable, Sequence
from typing import Final

import polars as pl
import pytest
from Crypto.Cipher import AES

from audit.verdicts.typed_text import looks_typed

_PASSWORDS_TEXT: Final = """
Summer2019! Winter2020# P@ssw0rd Welcome1 admin changeit letmein hunter2 Sommer2018 Passwort123! qwertz12345
Tr0ub4dor&3 monkey dragon Liverpool1 Test1234 Admin@123 root toor oracle tiger weblogic1 jboss@dm1n s3cr3t
ChangeMe!2020 changeme_now_please_2020 iloveyouverymuch123 correcthorsebatterystaple CorrectHorseBatteryStaple
Correct-Horse-Battery-Staple correct_horse_battery_staple2019 correct.horse.battery.staple.again
MyVeryLongPasswordForTheServer ThisIsMySuperSecretPassword2019! ProductionDatabasePassword
JenkinsServiceAccount2021 Kennwort_fuer_den_Server_2018 Berlin-Hamburg-Muenchen-2020 MotDePasseTresSecret
ElectricCommander2017! svc_deploy_prod_2019 NeverGonnaGiveYouUp87 ToBeOrNotToBe,ThatIsTheQuestion
MayTheForceBeWithYou! mypasswordisverylongindeed TheLordOfTheRings1954! HarryPotterAndTheGobletOfFire
GameOfThrones_Season8_Sucks QA-Environment-Password-1 DevOpsTeamPassword#2021 Deployment_User_Password_01
cloudbees-flow-admin-2022 my-secret-token-for-tests xK9#mP2$vL5n 1234567890 aaaa n/a x
"""
PASSWORDS: Final = _PASSWORDS_TEXT.split()
SENTENCES: Final = [
    "correct horse battery staple",
    "See the ticket in Jira, ask Anna for the password.",
    "Das Passwort steht im Tresor, bitte nachfragen",
    "Mon mot de passe est très secret, ne le répétez pas",
    "пароль от сервера сборки",
    "密码是夏天2019年的那个",
    "Größe ist nicht alles, süße Äpfel",
    "same as production\nsee KeePass entry 'build server'",
    "user: sa password: Summer2019!",
]
_ADDRESSES_TEXT: Final = """
build-server-01.example.com https://jenkins.example.com/job/build/42/console
https://user:Summer2019@git.example.com:8443/repo.git firstname.lastname@department.example.com
john.smith+builds@example.co.uk jdbc:oracle:thin:@//db.example.com:1521/ORCL 192.168.100.200:8080/24
Server=tcp:db01.example.com,1433;Database=orders;User=sa;Password=Summer2019!
/opt/electriccloud/electriccommander/conf C:\\Users\\Administrator\\Documents\\passwords.txt
2019-09-05T13:25:42
"""
ADDRESSES: Final = _ADDRESSES_TEXT.split()
_WORDS_TEXT: Final = """
river garden window monkey purple coffee bottle mountain rocket silver pencil sunset castle dragon winter
planet forest bridge candle hammer orange tiger pepper velvet anchor basket cactus dinner engine falcon glider
hollow island jungle kettle ladder magnet needle oyster parrot quartz ribbon saddle tunnel umbrella
violin walnut
"""
WORDS: Final = _WORDS_TEXT.split()
STYLES: Final[list[Callable[[list[str], int], str]]] = [
    lambda words, _: " ".join(words),
    lambda words, _: "-".join(words),
    lambda words, _: "".join(map(str.title, words)),
    lambda words, number: "".join(words) + str(number),
    lambda words, _: "_".join(map(str.title, words)) + "!",
    lambda words, number: "".join(map(str.title, words)) + f"{number}#",
    lambda words, number: ".".join(words) + str(number),
]
BASE64: Final[dict[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "unpadded": lambda data: base64.b64encode(data).rstrip(b"="),
    "base64url": base64.urlsafe_b64encode,
}
OTHERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "hex": lambda data: data.hex().encode(),
    "hex in capitals": lambda data: data.hex().upper().encode(),
    "hex with colons": lambda data: data.hex(":").encode(),
    "hex with blanks": lambda data: data.hex(" ").encode(),
    "hex in pairs": lambda data: data.hex("-", 2).encode(),
    "0x": lambda data: b"0x" + data.hex().encode(),
    "\\x": lambda data: b"\\x" + data.hex().encode(),
    "bytes of hex": lambda data: "".join(f"\\x{byte:02x}" for byte in data).encode(),
    "numbers": lambda data: ", ".join(map(str, data)).encode(),
    "a buffer of Node.js": lambda data: json.dumps({"type": "Buffer", "data": list(data)}).encode(),
    "the same in lines": lambda data: json.dumps({"type": "Buffer", "data": list(data)}, indent=2).encode(),
    "base32": base64.b32encode,
    "base32 in small letters": lambda data: base64.b32encode(data).rstrip(b"=").lower(),
    "base85": base64.b85encode,
    "ascii85": base64.a85encode,
    "raw": bytes,
    "{AES}": lambda data: b"{AES}" + base64.b64encode(data),
    "v1:": lambda data: b"v1:" + base64.b64encode(data).rstrip(b"="),
    "ENC": lambda data: b"ENC(" + base64.b64encode(data) + b")",
    "$": lambda data: b"$aes$v=1$" + base64.urlsafe_b64encode(data),
    "JSON": lambda data: b'{"ct":"' + base64.b64encode(data) + b'","kid":3}',
    "folded": lambda data: b"\n".join([base64.b64encode(data)[:18], base64.b64encode(data)[18:]]),
    "pair": lambda data: base64.b64encode(data) + b"|" + base64.b64encode(data[::-1][:16]),
}


def typed(values: Sequence[bytes | None]) -> int:
    return int(looks_typed(pl.Series(values, dtype=pl.Binary)).sum())


def ciphertexts(size: int, count: int) -> list[bytes]:
    stream = AES.new(bytes(range(16)), AES.MODE_CTR, nonce=b"").encrypt(bytes(size * count))
    return [stream[start : start + size] for start in range(0, len(stream), size)]


@pytest.mark.parametrize("size", [16, 24, 32, 48])
@pytest.mark.parametrize("encode", BASE64.values(), ids=list(BASE64))
def test_base64_is_not_typed(encode: Callable[[bytes], bytes], size: int) -> None:
    """Of 20,000 values at most two."""
    assert typed([encode(each) for each in ciphertexts(size, 20_000)]) <= 2


@pytest.mark.parametrize("size", [16, 32])
@pytest.mark.parametrize("encode", OTHERS.values(), ids=list(OTHERS))
def test_nor_are_other_encodings_and_wrappers(encode: Callable[[bytes], bytes], size: int) -> None:
    """Of 10,000 values at most one."""
    assert typed([encode(each) for each in ciphertexts(size, 10_000)]) <= 1


@pytest.mark.parametrize(
    "texts", [PASSWORDS, SENTENCES, ADDRESSES], ids=["passwords", "sentences", "addresses"]
)
def test_what_people_type(texts: list[str]) -> None:
    """At least 95 in a hundred are recognised."""
    assert typed([text.encode() for text in texts]) >= 0.95 * len(texts)


@pytest.mark.parametrize("style", STYLES)
def test_passphrases(style: Callable[[list[str], int], str]) -> None:
    """Words of any number in every common style: at least 95 in a hundred are recognised."""
    chance = random.Random(1)
    texts = [
        style(chance.sample(WORDS, chance.randint(1, 5)), chance.randint(1, 2_030)).encode()
        for _ in range(2_000)
    ]
    assert typed(texts) >= 0.95 * len(texts)


def test_short_passwords() -> None:
    """No cipher writes fewer than 20 characters, except hex and padded base64 of 8 bytes."""
    chance = random.Random(2)
    alphabet = string.ascii_letters + string.digits + "!$%&#.-_"
    texts = ["".join(chance.choices(alphabet, k=chance.randint(1, 19))).encode() for _ in range(5_000)]
    assert typed(texts) >= 0.999 * len(texts)
    eight = ciphertexts(8, 1_000)
    assert typed([each.hex().encode() for each in eight] + [base64.b64encode(each) for each in eight]) == 0


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"  \n",
        b"abc\x00def",
        b"abc\x07",
        b"\xff\xfeabc",
        "abc\ufffd".encode(),
        b"{AES}abc",
        b"ENC(abc)",
        b"$2a$10$abcdefghijklmnopqrstuv",
        b"U2FsdGVkX1+1234",
        b"550e8400-e29b-41d4-a716-446655440000",
        b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.b64encode(random.Random(3).randbytes(99)),
        b"password: " + base64.b64encode(random.Random(4).randbytes(16)).rstrip(b"="),
        "Müller ".encode() + base64.b64encode(random.Random(5).randbytes(16)),
    ],
)
def test_when_in_doubt_it_is_not(value: bytes | None) -> None:
    """Bytes, unprintable characters, marks of wrappers, and random text in the middle of words."""
    assert typed([value, b"Summer2019!"]) == 1


def test_no_values() -> None:
    """Nothing in, nothing out."""
    assert looks_typed(pl.Series([], dtype=pl.Binary)).shape == (0,)
