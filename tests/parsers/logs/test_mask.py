"""What may be a key or ciphertext is masked; what people need to read stays."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.logs.mask import MASK, mask, mask_beginning, mask_fields, without_cut_run

SECRET = bytes(random.Random(1).randbytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-04T05:06:07.089 | flow-server-7d9d8d844b-4x5xw | INFO  | Thread-1 | ServerStatus | running",
        "at com.electriccloud.security.SessionManagerImpl.decryptSecretId(SessionManagerImpl.java:525)",
        "at org.springframework.PersistenceExceptionTranslationInterceptor.invoke(Native Method)",
        "com/electriccloud/commander/security/SessionManagerImpl",
        "/opt/electriccloud/electriccommander/conf/passkey",
        "/projects/Billing/credentials/oracle-production-owner",
        "the passkey fingerprint ('95daec80877f164f13935bac14adde8cf636fe7b') stored in the database",
        "jobStep[name=compile,id=3f2504e0-4f89-11d3-9a0c-0305e82c3301]",
        "COMMANDER_PASSWORD_KEYFILE=/etc/x ec_configuration_history",
        "setDevOpsInsightServerConfiguration --userName=reportuser",
        "name=value and averyveryverylongpropertyname=value",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    """Class names, paths, hosts, UUIDs and fingerprints are left alone."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("password=", "zWjkbdMteM0VY1Ls3V+lwA==", " of step"),
        ("at /srv/", "zWjkbdMteM0VY1Ls3V+lwA==", "."),
        ('{"value":"', "tHdE5KI9QVdsFSq6F6HeSA==", '|x"}'),
        ("url?p=", "zWjkbdMteM0VY1Ls3V%2BlwA%3D%3D", "&q=1"),
        ('"', "zWjkbdMteM0VY1Ls3V\\u002blwA\\u003d\\u003d", '"'),
        ("key ", base64.urlsafe_b64encode(SECRET).decode().rstrip("="), ""),
        ("key ", SECRET.hex(), ","),
        ("key 0x", SECRET.hex().upper(), ","),
        ("id ", "0123456789abcdef0123456789abcdef", " in hex"),
        ("New Master Key: ", "short", ""),
        ("key=", SECRET[:16].hex("-").upper(), "."),
        ("key=", SECRET.hex(":"), " of"),
        ("key ", SECRET[:16].hex(" "), " of"),
        ("{", ", ".join(f"0x{byte:02x}" for byte in SECRET[:16]), "}"),
        ("[", ", ".join(map(str, SECRET[:16])), "]"),
        ("[", ",".join(str(byte - 128) for byte in SECRET), "]"),
    ],
)
def test_secrets_are_masked(before: str, secret: str, after: str) -> None:
    """Base64 in its ways of writing, hex of another length than a fingerprint's, a printed master key."""
    masked = mask(f"{before}{secret}{after}")
    assert secret not in masked
    assert MASK in masked
    assert masked.endswith(after)


@given(
    st.randoms(use_true_random=True),
    st.integers(16, 100),
    st.sampled_from(["", "=", ":", " ", "'", "/", "x_"]),
)
def test_padded_base64_and_hex_are_masked(dice: random.Random, size: int, before: str) -> None:
    """Whatever stands before it, base64 with padding goes, and so does hex that is no fingerprint."""
    value = bytes(dice.getrandbits(8) for _ in range(size))
    encoded = base64.b64encode(value).decode()
    if encoded.endswith("="):
        assert encoded not in mask(f"text {before}{encoded}")
    if len(value) != 20 and before != "x_":
        assert value.hex() not in mask(f"text {before}{value.hex()}")


WORDS = st.sampled_from(
    ["|", "INFO ", "T-1", "\n", "\x1c", "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     "flow-server-7d9d8d844b-4x5xw", SECRET.hex(),
     base64.b64encode(SECRET).decode(), f"x={base64.b64encode(SECRET).decode()}",
     "3f2504e0-4f89-11d3-9a0c-0305e82c3301/3f2504e0", "New Master Key: short", "é" * 30]
)  # fmt: skip


@given(st.lists(WORDS, max_size=9), st.sampled_from(["", " "]))
def test_fields_are_masked_as_any_text(words: list[str], between: str) -> None:
    """The short cut for the fields before a message changes nothing."""
    text = between.join(words)
    assert mask_fields(text) == mask(text)


def test_hardly_any_bare_base64_passes_as_words() -> None:
    """Of 50,000 random values without padding at most a handful look like a name."""
    dice = random.Random(2)
    shown = 0
    for _ in range(50_000):
        encoded = base64.urlsafe_b64encode(dice.randbytes(16)).decode().rstrip("=")
        shown += encoded in mask(encoded)
    assert shown <= 5


def test_half_a_secret_at_a_cut_is_dropped() -> None:
    """Where a text was cut, its last run goes: too short to be told from a word."""
    assert without_cut_run("password=zWjkbdMteM0VY1") == "password="
    assert without_cut_run("done. ") == "done. "


@pytest.mark.parametrize("form", ["-", ":", " ", ", 0x", ", "])
def test_a_cut_row_of_bytes_leaves_none(form: str) -> None:
    """Wherever the cut falls, no two of the bytes that were written one by one are left."""
    if form == ", ":
        row = form.join(str(byte - 128) for byte in SECRET)
    else:
        row = form.join(f"{byte:02x}" for byte in SECRET)
    for end in range(len(row) + 1):
        left = mask_beginning(f"text ({row[:end]}").removeprefix("text (").replace(MASK, "")
        assert len(left.strip(",: -")) <= 2
