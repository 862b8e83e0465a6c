"""An estate: stored values and key files, with the truth about each."""

import csv
import hashlib
import io
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.estates.key_files import TrueKey
from tests.estates.sealing import Sealing, Vector, opened

PROJECT: Final = "P"


class Trouble(StrEnum):
    """What was done to a value after, or instead of, its being sealed."""

    NONE = ""
    CUT_BLOCK = "cut in a block"
    CUT_TEXT = "cut in its base64"
    MIDDLE = "a byte overwritten in the middle"
    VECTOR = "a byte overwritten in the vector"
    LAST = "a byte overwritten in the last block"
    TYPED = "plain text typed into the field"
    EMPTY = "empty"
    EXTERNAL = "external"
    TWICE = "encrypted twice"


EDITED: Final = frozenset({Trouble.MIDDLE, Trouble.VECTOR, Trouble.LAST})
NOT_SEALED: Final = frozenset({Trouble.TYPED, Trouble.EMPTY, Trouble.EXTERNAL})


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A value and the truth.

    Attributes:
        name: of its credential.
        value: what is stored; None for nothing.
        text: the secret that was sealed, or typed.
        key: name of the true key, "" for none; of a value encrypted twice the outer one.
        inner: of a value encrypted twice the name of the inner key, else "".
        sealing: how it was sealed, None where it was not.
        trouble: what happened to it.
        population: of what kind of secrets it is one.
        is_text: whether every secret of that kind is text.
        where: its place, if it is not a credential of the project.
    """

    name: str
    value: bytes | None
    text: bytes
    key: str
    inner: str
    sealing: Sealing | None
    trouble: Trouble
    population: str
    is_text: bool
    where: str = ""

    @property
    def location(self) -> str:
        """As `credentials` names it, unless it is said."""
        return self.where or f"/projects/{PROJECT}/credentials/{self.name}"

    @property
    def whole(self) -> bool:
        """Whether it is a ciphertext as a product wrote it."""
        return self.trouble in {Trouble.NONE, Trouble.TWICE}


@dataclass(frozen=True, slots=True)
class Estate:
    """A store, its keys, and what is known of them.

    Attributes:
        current: name of the key that the server uses now, "" where nobody knows.
        said: how that is told: `label`, `fingerprint` (the store's history), or "" for not at all.
    """

    name: str
    keys: tuple[TrueKey, ...]
    values: tuple[StoredValue, ...]
    current: str
    said: str
    store: str

    def key(self, name: str) -> TrueKey:
        """The key of this name."""
        return next(each for each in self.keys if each.name == name)

    def given(self, name: str) -> bool:
        """Whether a file of that key is among the candidates; not for no key."""
        return bool(name) and self.key(name).given

    @property
    def stated(self) -> str:
        """Name of the current key as far as the program is told; what is not given has no label."""
        return self.current if self.said == "fingerprint" or self.given(self.current) else ""

    @property
    def current_label(self) -> str | None:
        """What `--current` is to say, if anything."""
        if self.said != "label" or not self.given(self.current):
            return None
        return next(each.label for each in self.key(self.current).copies if each.given)

    def truly_in(self, value: StoredValue) -> bytes | None:
        """What the stored value opens to under its true key, damaged or not; None where it does not open."""
        if value.sealing is None or not value.sealing.supported or value.value is None:
            return None
        return opened(value.sealing, self.key(value.key).secret, value.value)

    def visibly_in(self, value: StoredValue) -> bytes | None:
        """The same without the block that a constant vector hides from whoever does not know the vector."""
        text = self.truly_in(value)
        hidden = value.sealing is not None and value.sealing.vector is Vector.CONSTANT
        return text[16:] if text is not None and hidden else text


def write(estate: Estate, folder: Path) -> Path:
    """The store and `keys/` in a folder; the store's path."""
    keys = folder / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for each in (copy for key in estate.keys for copy in key.copies if copy.given):
        path = keys / each.label
        path.write_bytes(each.content)
        path.chmod(0o600)
    path = folder / f"store.{estate.store}"
    if estate.store == "csv":
        path.write_text(_csv(estate), "utf-8")
    else:
        _sqlite(estate, path)
    return path


def digest(value: bytes) -> str:
    """`value_digest` of a stored value."""
    return hashlib.sha256(value).hexdigest()


def _csv(estate: Estate) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "project", "name", "user_name", "value", "credential_type"])
    for each in estate.values:
        kind = "EXTERNAL" if each.trouble is Trouble.EXTERNAL else "LOCAL"
        writer.writerow(["credential", PROJECT, each.name, "u", (each.value or b"").decode(), kind])
    return text.getvalue()


def _sqlite(estate: Estate, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE ec_project (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, name TEXT, user_name TEXT, password TEXT,"
        " credential_type TEXT, project_id INTEGER);"
        "CREATE TABLE ec_configuration_history (passkey_fingreprint TEXT, last_use_date TEXT);"
    )
    connection.execute("INSERT INTO ec_project VALUES (1, ?)", (PROJECT,))
    for number, each in enumerate(estate.values, 1):
        kind = "EXTERNAL" if each.trouble is Trouble.EXTERNAL else "LOCAL"
        row = (number, each.name, "u", _cell(each), kind)
        connection.execute("INSERT INTO ec_credential VALUES (?, ?, ?, ?, ?, 1)", row)
    connection.executemany("INSERT INTO ec_configuration_history VALUES (?, ?)", _history(estate))
    connection.commit()
    connection.close()


def _cell(value: StoredValue) -> str | bytes | None:
    """Text where it is text, as a database would hold it."""
    if value.value is None:
        return None
    try:
        return value.value.decode("ascii")
    except UnicodeDecodeError:
        return value.value


def _history(estate: Estate) -> list[tuple[str, str]]:
    """Every key was the server's once, the current one last."""
    if estate.said != "fingerprint":
        return []
    older = [each for each in estate.keys if each.name != estate.current]
    dated = [(each.copies[0].fingerprint, f"201{at}-02-01 09:00:00") for at, each in enumerate(older, 1)]
    return [*dated, (estate.key(estate.current).copies[0].fingerprint, "2021-03-22 02:10:37")]


def value_in(store: Path, name: str) -> bytes | None:
    """What a SQLite store holds now."""
    connection = sqlite3.connect(store)
    try:
        ((cell,),) = connection.execute("SELECT password FROM ec_credential WHERE name = ?", (name,))
    finally:
        connection.close()
    return cell.encode() if isinstance(cell, str) else cell
