"""The truth about every stored value, held to what other programs say."""

import base64
import subprocess
from collections import Counter
from itertools import combinations

import pytest

from audit.sample_estate.cloudbees.credentials import StoredCredential, stored_credentials
from audit.sample_estate.cloudbees.plain_text import LAST_LENGTH
from audit.sample_estate.cloudbees.story import BUILD_FARM, CURRENT, KEPT, LABS, OLDER, Passkey
from tests.support.programs import need

BLOCK = 16
ZERO = "00" * BLOCK


@pytest.fixture(scope="module")
def rows() -> list[StoredCredential]:
    return stored_credentials()


def decrypted(cipher: str, key: Passkey, values: list[bytes]) -> list[bytes]:
    """Each value as `openssl` decrypts it, padding left on, in one run.

    With CBC a block depends on the one before it only: of each value the first block, its initialization
    vector, comes out as noise, and the rest right.
    """
    vector = ["-iv", ZERO] if "cbc" in cipher else []
    command = [need("openssl"), "enc", "-d", f"-{cipher}", "-nopad", "-K", key.content.hex(), *vector]
    whole = subprocess.run(command, input=b"".join(values), check=True, capture_output=True).stdout
    texts = []
    for value in values:
        texts.append(whole[: len(value)])
        whole = whole[len(value) :]
    return texts


def padded(text: bytes) -> bytes:
    count = BLOCK - len(text) % BLOCK
    return text + bytes([count]) * count


def is_padded(text: bytes) -> bool:
    return 1 <= text[-1] <= BLOCK and text.endswith(bytes([text[-1]]) * text[-1])


def value(row: StoredCredential) -> bytes:
    return base64.b64decode(row.sealed.value, validate=True)


@pytest.mark.parametrize("key", [OLDER, BUILD_FARM, LABS])
def test_openssl_opens_the_old_values(rows: list[StoredCredential], key: Passkey) -> None:
    """AES-128-ECB, PKCS#7, key as in the file; some have several blocks."""
    sealed = [row for row in rows if row.sealed.key is key]
    assert len(sealed) >= 20
    assert len({len(value(row)) for row in sealed}) > 1
    texts = decrypted("aes-128-ecb", key, [value(row) for row in sealed])
    assert texts == [padded(row.sealed.plain_text or b"") for row in sealed]


def test_openssl_opens_the_new_values(rows: list[StoredCredential]) -> None:
    """AES-256-CBC, PKCS#7, a vector in front that no two values share."""
    sealed = [row for row in rows if row.sealed.key is CURRENT]
    assert {row.sealed.verdict for row in sealed} == {"current"}
    texts = decrypted("aes-256-cbc", CURRENT, [value(row) for row in sealed])
    assert [text[BLOCK:] for text in texts] == [padded(row.sealed.plain_text or b"") for row in sealed]
    assert len({value(row)[:BLOCK] for row in sealed}) == len(sealed)


@pytest.mark.parametrize("key", KEPT)
def test_no_lost_value_seems_to_open(rows: list[StoredCredential], key: Passkey) -> None:
    """Under no kept key and neither mode does a lost value have sound padding, not even by chance."""
    size = len(key.content) * 8
    lost = [value(row) for row in rows if row.sealed.verdict == "lost"]
    for cipher in (f"aes-{size}-ecb", f"aes-{size}-cbc"):
        assert not any(is_padded(text) for text in decrypted(cipher, key, lost))


def test_shares_of_the_verdicts(rows: list[StoredCredential]) -> None:
    """About 60 % current, 12 and 10 % under two older keys, 9 % lost, some of every other kind."""
    counts = Counter(row.sealed.verdict for row in rows)
    opened = Counter(row.opened_by for row in rows)
    assert len(rows) == 299
    assert counts == {
        "current": 180,
        "older-key": 68,
        "lost": 27,
        "damaged": 6,
        "plain-text": 6,
        "empty": 6,
        "external": 6,
    }
    assert opened == {"passkey": 180, "passkey-9.1": 36, "passkey-build-farm": 32, "": 51}


def test_damaged_values_fit_no_layout(rows: list[StoredCredential]) -> None:
    """Canonical base64 of 17 to 27 bytes, never whole blocks, too short for nonce, text and tag."""
    lengths = [len(value(row)) for row in rows if row.sealed.verdict == "damaged"]
    assert lengths
    assert all(BLOCK < length < 28 and length % BLOCK for length in lengths)


def test_plain_text_is_no_ciphertext(rows: list[StoredCredential]) -> None:
    """No base64, or less than a block of it."""
    texts = [row.sealed.value for row in rows if row.sealed.verdict == "plain-text"]
    assert texts
    for text in texts:
        try:
            assert len(base64.b64decode(text, validate=True)) < BLOCK
        except ValueError:
            continue


def test_each_place_once(rows: list[StoredCredential]) -> None:
    """Locations and ids are unique: the truth is keyed by location."""
    assert len({row.place.location for row in rows}) == len(rows)
    assert len({row.id for row in rows}) == len(rows)


def test_groups_are_shared_secrets(rows: list[StoredCredential]) -> None:
    """Sound values are in one group exactly if they hold the same secret, lost for all or for none."""
    sound = [row for row in rows if row.sealed.plain_text is not None]
    for one, other in combinations(sound, 2):
        same = one.sealed.plain_text == other.sealed.plain_text
        assert same == bool(one.group and one.group == other.group)
        if same:
            assert (one.sealed.verdict == "lost") == (other.sealed.verdict == "lost")
    assert {row.sealed.verdict for row in rows if row.group} >= {"current", "older-key", "lost"}


def test_secrets_of_every_sort(rows: list[StoredCredential]) -> None:
    """One block, several, other scripts, PEM, raw bytes; four bytes of padding on what is not Latin."""
    texts = [row.sealed.plain_text for row in rows if row.sealed.plain_text is not None]
    binary = [text for text in texts if not is_text(text)]
    foreign = [text for text in texts if is_text(text) and not text.isascii()]
    assert binary
    assert foreign
    assert any(text.startswith(b"-----BEGIN PRIVATE KEY-----\n") for text in texts)
    assert any(len(text) < BLOCK for text in texts)
    assert all(len(text) % BLOCK <= LAST_LENGTH for text in binary + foreign)


def is_text(text: bytes) -> bool:
    try:
        return text.decode().isprintable() or b"\n" in text
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("key", [*KEPT, LABS])
def test_keys_are_usable_as_they_are(key: Passkey) -> None:
    """Raw bytes of an AES key's size, that no reader takes for text, hex or a trailing newline."""
    assert len(key.content) in {16, 32}
    assert key.content.strip() == key.content
    assert not key.content.isascii()
    assert b"\0" not in key.content


def test_nothing_secret_in_a_repr(rows: list[StoredCredential]) -> None:
    """Shown in a traceback, a row tells neither its value, nor what is in it, nor the key."""
    for row in rows:
        shown = repr(row)
        assert not row.sealed.value or row.sealed.value not in shown
        assert not row.sealed.plain_text or repr(row.sealed.plain_text)[2:-1] not in shown
        assert not row.sealed.key or repr(row.sealed.key.content)[2:-1] not in shown
