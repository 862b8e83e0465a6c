"""The truth about every stored value, held to what other programs say."""

import base64
import subprocess
from collections import Counter
from itertools import combinations

import pytest

from audit.verdict import Verdict
from sample_logs.generator.cloudbees.credentials import StoredCredential, stored_credentials
from sample_logs.generator.cloudbees.story import BUILD_FARM, CURRENT, KEPT, LABS, OLDER, Passkey
from sample_logs.generator.plain_text import LAST_LENGTH
from tests.support.programs import need

BLOCK = 16
ZERO = "00" * BLOCK


@pytest.fixture(scope="module")
def rows() -> list[StoredCredential]:
    return stored_credentials()


def decrypted(cipher: str, key: Passkey, values: list[bytes]) -> list[bytes]:
    """Each value as `openssl` decrypts it, padding left on, with a vector of zeros in CBC, in one run.

    A block of zeros goes in front of each value: CBC decrypts the block after it as with that vector.
    """
    vector = ["-iv", ZERO] if "cbc" in cipher else []
    command = [need("openssl"), "enc", "-d", f"-{cipher}", "-nopad", "-K", key.content.hex(), *vector]
    content = b"".join(bytes(BLOCK) + value for value in values)
    whole = subprocess.run(command, input=content, check=True, capture_output=True).stdout
    texts = []
    for value in values:
        texts.append(whole[BLOCK : BLOCK + len(value)])
        whole = whole[BLOCK + len(value) :]
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
    """AES-256-CBC, a vector of zeros, PKCS#7."""
    sealed = [row for row in rows if row.sealed.key is CURRENT]
    assert Counter(row.sealed.verdict for row in sealed) == {"current": 180, "ambiguous": 3}
    texts = decrypted("aes-256-cbc", CURRENT, [value(row) for row in sealed])
    assert texts == [padded(row.sealed.plain_text or b"") for row in sealed]


@pytest.mark.parametrize("key", [*KEPT, LABS])
def test_whole_blocks_and_equal_for_equal_secrets(rows: list[StoredCredential], key: Passkey) -> None:
    """As in the published exports: multiples of 16 bytes, most of them 16, and no vector of a value's own."""
    sealed = [row for row in rows if row.sealed.key is key]
    sizes = Counter(len(value(row)) for row in sealed)
    assert all(size % BLOCK == 0 for size in sizes)
    assert sizes[BLOCK] > len(sealed) / 2
    by_value = {row.sealed.value: row.sealed.plain_text for row in sealed}
    assert len(by_value) == len(set(by_value.values()))
    if key in {CURRENT, LABS}:
        assert len(by_value) < len(sealed), "some passwords are shared"


@pytest.mark.parametrize("key", KEPT)
def test_the_data_tell_the_mode(rows: list[StoredCredential], key: Passkey) -> None:
    """Of longer values the other mode makes noise after the first block, so that the layout can be found."""
    other = "aes-256-ecb" if key is CURRENT else "aes-128-cbc"
    sealed = [row for row in rows if row.sealed.key is key and len(value(row)) > BLOCK]
    texts = decrypted(other, key, [value(row) for row in sealed])
    assert len(sealed) >= 7
    for row, text in zip(sealed, texts, strict=True):
        right = padded(row.sealed.plain_text or b"")
        assert text[:BLOCK] == right[:BLOCK]
        assert text[BLOCK:] != right[BLOCK:]
        assert not is_padded(text)


@pytest.mark.parametrize("key", KEPT)
def test_no_lost_value_seems_to_open(rows: list[StoredCredential], key: Passkey) -> None:
    """Under no kept key and neither mode does a lost value have sound padding, not even by chance."""
    size = len(key.content) * 8
    lost = [value(row) for row in rows if row.sealed.verdict == "lost"]
    for cipher in (f"aes-{size}-ecb", f"aes-{size}-cbc"):
        assert not any(is_padded(text) for text in decrypted(cipher, key, lost))


def test_shares_of_the_verdicts(rows: list[StoredCredential]) -> None:
    """60 % current, 12 and 11 % under two older keys, 9 % lost, some of every other kind."""
    counts = Counter(row.sealed.verdict for row in rows)
    opened = Counter(row.opened_by for row in rows)
    assert len(rows) == 299
    assert counts == {
        "current": 180,
        "older-key": 68,
        "lost": 27,
        "damaged": 3,
        "ambiguous": 3,
        "plain-text": 6,
        "empty": 6,
        "external": 6,
    }
    assert opened == {"passkey": 183, "passkey-9.1": 36, "passkey-build-farm": 32, "": 48}


def test_every_other_verdict_occurs(rows: list[StoredCredential]) -> None:
    """But `unknown`: beside values of a layout that nobody knows less can be said of the others."""
    assert {row.sealed.verdict for row in rows} == set(Verdict) - {Verdict.UNKNOWN}


def test_damaged_values_are_cut(rows: list[StoredCredential]) -> None:
    """Canonical base64 of three blocks and a piece, or more: no whole blocks of 8 or 16."""
    lengths = [len(value(row)) for row in rows if row.sealed.verdict == "damaged"]
    assert sorted(lengths) == [49, 50, 59]


def test_ambiguous_values_are_hardly_padded(rows: list[StoredCredential]) -> None:
    """Noise with two bytes of padding: more than chance gives to a few values, and no proof for one."""
    texts = [row.sealed.plain_text or b"" for row in rows if row.sealed.verdict == "ambiguous"]
    assert [len(text) for text in texts] == [BLOCK - 2] * 3
    assert not any(is_text(text) for text in texts)


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
    """One block, several, other scripts, PEM; all of it text, four bytes of padding on what is not Latin.

    Those that are meant to be ambiguous are left out.
    """
    sure = [row.sealed for row in rows if row.sealed.verdict != "ambiguous"]
    texts = [sealed.plain_text for sealed in sure if sealed.plain_text is not None]
    assert all(is_text(text) for text in texts)
    foreign = [text for text in texts if not text.isascii()]
    assert foreign
    assert any(text.startswith(b"-----BEGIN PRIVATE KEY-----\n") for text in texts)
    assert any(len(text) < BLOCK for text in texts)
    assert all(len(text) % BLOCK <= LAST_LENGTH for text in foreign)


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
