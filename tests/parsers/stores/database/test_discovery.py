"""What the search for unmapped ciphertext finds, and what it leaves alone."""

import hashlib
import sqlite3
import uuid
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.stores.database.connection import sqlite_database
from parsers.stores.interface import Uncovered

CIPHERTEXTS = [hashlib.sha512(bytes([number])).digest() for number in range(20)]
"""Twenty times 64 bytes that look random."""


def uncovered(folder: Path, declaration: str, values: list[object]) -> list[tuple[str, int]]:
    """What is found in `ec_x`, with one column declared so, beside a table that is mapped."""
    path = folder / "cd.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE ec_user(name TEXT, password TEXT)")
    connection.execute(f"CREATE TABLE ec_x(id INTEGER PRIMARY KEY, {declaration})")
    connection.executemany("INSERT INTO ec_x VALUES (NULL, ?)", [(value,) for value in values])
    connection.commit()
    connection.close()
    events = CloudBeesDatabase(sqlite_database(path)).read()
    return [(event.place, event.count) for event in events if isinstance(event, Uncovered)]


def base64_of(values: list[bytes]) -> list[object]:
    return [b64encode(value).decode() for value in values]


@pytest.mark.parametrize(
    ("declaration", "values"),
    [
        ("secret TEXT", base64_of([value[:16] for value in CIPHERTEXTS])),
        ("secret TEXT", base64_of([value[:48] for value in CIPHERTEXTS])),
        ("secret VARCHAR(64)", [value[:32].hex() for value in CIPHERTEXTS]),
        ("secret BLOB", [value[:32] for value in CIPHERTEXTS]),
        ("secret BINARY(16)", [value[:16] for value in CIPHERTEXTS]),
    ],
    ids=["one block", "no padding", "hex", "binary", "one binary block"],
)
def test_ciphertext_is_found(tmp_path: Path, declaration: str, values: list[object]) -> None:
    """Whatever way of writing: every value of the column is counted."""
    assert uncovered(tmp_path, declaration, [None, "", *values]) == [("ec_x.secret", 20)]


@pytest.mark.parametrize("size", [48, 64, 336])
@pytest.mark.parametrize("padding", ["", "="])
def test_base64url_is_counted_exactly(tmp_path: Path, size: int, padding: str) -> None:
    """Those without `-` and `_` too, of any length."""
    raw = [hashlib.shake_256(bytes([number])).digest(size) for number in range(40)]
    values: list[object] = [
        urlsafe_b64encode(value).decode().rstrip("=" if not padding else "") for value in raw
    ]
    assert uncovered(tmp_path, "secret_url TEXT", values) == [("ec_x.secret_url", 40)]


def test_any_size_of_bytes_that_gcm_may_write(tmp_path: Path) -> None:
    """Bytes of 28 and more, all by chance: a nonce, a text and a tag."""
    values: list[object] = [hashlib.shake_256(bytes([n])).digest(28 + n % 9) for n in range(40)]
    assert uncovered(tmp_path, "sealed BLOB", values) == [("ec_x.sealed", 40)]


@pytest.mark.parametrize("column", ["secret_id", "password_hash", "session_uuid", "encryption_checksum"])
def test_names_do_not_hide_base64(tmp_path: Path, column: str) -> None:
    """A name may say that hex is a digest; base64 of whole blocks is reported whatever the name."""
    values = base64_of([value[:16] for value in CIPHERTEXTS])
    assert uncovered(tmp_path, f"{column} TEXT", values) == [(f"ec_x.{column}", 20)]


def test_late_values_are_found(tmp_path: Path) -> None:
    """Thousands of words before the first ciphertext hide nothing."""
    values: list[object] = ["words here"] * 3_000 + base64_of(CIPHERTEXTS)
    assert uncovered(tmp_path, "val TEXT", values) == [("ec_x.val", 20)]


def test_text_that_is_no_utf8_hides_no_other(tmp_path: Path) -> None:
    """SQLite checks no encoding: a column is read as bytes where its text is none."""
    path = tmp_path / "cd.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE ec_user(name TEXT, password TEXT)")
    connection.execute("CREATE TABLE ec_x(note TEXT, secret TEXT)")
    for value in base64_of(CIPHERTEXTS):
        connection.execute("INSERT INTO ec_x VALUES (CAST(x'ff41' AS TEXT), ?)", (value,))
    connection.commit()
    connection.close()
    events = list(CloudBeesDatabase(sqlite_database(path)).read())
    assert [(each.place, each.count) for each in events if isinstance(each, Uncovered)] == [
        ("ec_x.secret", 20)
    ]


def test_few_among_many_are_found(tmp_path: Path) -> None:
    """A column of properties holds a secret here and there."""
    values: list[object] = ["some text", 17, None, *base64_of(CIPHERTEXTS[:3]), "/projects/Default/proc12"]
    assert uncovered(tmp_path, "string_value TEXT", values) == [("ec_x.string_value", 3)]


def test_more_than_the_sample_is_counted(tmp_path: Path) -> None:
    """The sample only decides whether the whole column is read."""
    values = base64_of([hashlib.md5(str(number).encode()).digest() for number in range(2_500)])
    assert uncovered(tmp_path, "secret TEXT", values) == [("ec_x.secret", 2_500)]


@pytest.mark.parametrize(
    ("declaration", "values"),
    [
        ("note TEXT", ["productionEnvironmentOne", "backup2021servers2021one"]),
        ("note TEXT", [b64encode(b"user=admin; host=db.example.com").decode()]),
        ("note TEXT", ["a longer sentence with words", "production", "x" * 15, "1234"]),
        ("path TEXT", ["/projects/Default/proc12", "/projects/Building/steps"]),
        ("passkey TEXT", [hashlib.sha1(value).hexdigest() for value in CIPHERTEXTS]),
        ("ref TEXT", [str(uuid.UUID(bytes=value[:16])) for value in CIPHERTEXTS]),
        ("ref BLOB", [uuid.uuid5(uuid.NAMESPACE_DNS, value.hex()).bytes for value in CIPHERTEXTS]),
        ("content BLOB", [value[:size] for size, value in enumerate(CIPHERTEXTS, 20)]),
        ("checksum TEXT", [hashlib.sha256(value).hexdigest() for value in CIPHERTEXTS]),
        ("project_id BLOB", [value[:16] for value in CIPHERTEXTS]),
        ("parent BLOB REFERENCES ec_user(name)", [value[:16] for value in CIPHERTEXTS]),
        ("millis INTEGER", list(range(20))),
    ],
    ids=[
        "long words", "text in base64", "text", "paths", "SHA-1",
        "UUID text", "UUIDs", "any bytes", "digests", "ids",
        "foreign key", "numbers",
    ],
)  # fmt: skip
def test_look_alikes_are_left_alone(tmp_path: Path, declaration: str, values: list[object]) -> None:
    """Keys, fingerprints, UUIDs, digests and plain words are no ciphertext."""
    assert uncovered(tmp_path, declaration, values) == []


def test_what_a_foreign_key_points_to_is_a_key(tmp_path: Path) -> None:
    """A column that others refer to holds ids, though no constraint of its own says so."""
    path = tmp_path / "cd.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE ec_user(name TEXT, password TEXT);"
        "CREATE TABLE ec_a(ref BLOB); CREATE TABLE ec_b(other BLOB REFERENCES ec_a(ref));"
        "CREATE TABLE songs(secret BLOB);"
    )
    for table in ("ec_a", "ec_b", "songs"):
        connection.executemany(f"INSERT INTO {table} VALUES (?)", [(value[:16],) for value in CIPHERTEXTS])
    connection.commit()
    connection.close()
    events = CloudBeesDatabase(sqlite_database(path)).read()
    assert [event.place for event in events if isinstance(event, Uncovered)] == ["songs.secret"]
