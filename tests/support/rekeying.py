"""A small database of CloudBees CD with values under two passkeys, and the commands that re-encrypt it."""

import base64
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.reencryption.overrides import Despite
from audit.reencryption.request import ReencryptionRequest
from audit.reencryption.safe_order import reencrypt
from audit.reencryption.undo import UndoRequest, undo
from audit.run.audit import AuditRequest, audit
from audit.run.stores import StoreOptions
from tests.support.sealing import passwords, seal

LAYOUT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE)
"""Each value has a vector of its own, and few of them settle their whole text."""

OLD: Final = bytes(range(16))
NEW: Final = bytes(range(100, 132))
FORGOTTEN: Final = bytes(range(200, 232))


@dataclass(frozen=True, slots=True)
class Rekeying:
    """An estate in `folder`: two passkey files, and a run folder once it was audited.

    Attributes:
        folder: where everything lies.
        store: what `--store` takes.
        count: values under each of the two passkeys.
        lost: whether there is a value that nothing opens.
    """

    folder: Path
    store: str
    count: int = 6
    lost: bool = True
    plain: dict[str, bytes] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def journal(self) -> Path:
        return self.run / "journal.jsonl"

    @property
    def keys(self) -> list[str]:
        return [f"old={self.folder / 'old'}", f"new={self.folder / 'new'}"]

    def fingerprint(self, label: str) -> str:
        """SHA-1 of a passkey file, as the server has it."""
        return hashlib.sha1((self.folder / label).read_bytes()).hexdigest()

    def make(self, engine: sa.Engine) -> None:
        """Keys and tables: half the values under each passkey, one that nothing opens, one that is null."""
        for name, key in (("old", OLD), ("new", NEW)):
            (self.folder / name).write_bytes(key)
            (self.folder / name).chmod(0o600)
        chance = random.Random(8)
        texts = passwords(2 * self.count + self.lost, chance, longest=60)
        keys = [OLD, NEW] * self.count + [FORGOTTEN] * self.lost
        rows: list[dict[str, object]] = []
        for number, (text, key) in enumerate(zip(texts, keys, strict=True)):
            self.plain[f"c{number}"] = text
            rows.append(_row(number, seal(LAYOUT, key, text, chance).decode()))
        rows.append(_row(len(rows), None))
        credentials = sa.Table(
            "ec_credential", sa.MetaData(),
            sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("name", sa.String(80)), sa.Column("password", sa.String(400)),
        )  # fmt: skip
        with engine.begin() as connection:
            credentials.create(connection)
            connection.execute(credentials.insert(), rows)

    def audit(self) -> int:
        request = AuditRequest(
            self.run, stores=StoreOptions([self.store]), keys=self.keys, current="new", jobs=1
        )
        return audit(request).exit_code

    def arguments(self) -> list[str]:
        """Those of `reencrypt --apply`, for a process of its own."""
        keys = [word for key in self.keys for word in ("--key", key)]
        return [
            "reencrypt",
            str(self.run),
            "--store",
            self.store,
            *keys,
            "--to",
            "new",
            "--apply",
            "--yes",
            "-q",
        ]

    def reencrypt(self, *, apply: bool = True, despite: Sequence[Despite] = ()) -> int:
        """In this process; the exit code."""
        request = ReencryptionRequest(
            run=self.run, stores=StoreOptions([self.store]), keys=self.keys, to="new", despite=despite
        )
        return reencrypt(request, confirm=(lambda _: True) if apply else None).exit_code

    def undo(self) -> int:
        """In this process; the exit code."""
        return undo(UndoRequest(self.journal, StoreOptions([self.store]))).exit_code


def stored(engine: sa.Engine) -> dict[str, str | None]:
    """What lies in the table, by name."""
    with engine.connect() as connection:
        return dict(connection.exec_driver_sql("SELECT name, password FROM ec_credential ORDER BY id").all())


def key_and_text(value: str) -> tuple[bytes, bytes] | None:
    """Under which key a value opens and to what, by an AES that the program does not use."""
    content, vector = map(base64.b64decode, value.split("|"))
    for key in (OLD, NEW, FORGOTTEN):
        cipher = AES.new(key, AES.MODE_CBC, iv=vector)
        try:
            text: bytes = unpad(cipher.decrypt(content), 16)
            text.decode("ascii")
        except ValueError:
            continue
        return key, text
    return None


def under_new(estate: Rekeying, engine: sa.Engine) -> int:
    """How many values open under the new key; every one must open to its own text, under whichever key."""
    found = 0
    for name, value in stored(engine).items():
        if value is None:
            assert name not in estate.plain
            continue
        opened = key_and_text(value)
        assert opened is not None, "encrypted twice, or torn"
        assert opened[1] == estate.plain[name]
        found += opened[0] == NEW
    return found


def _row(number: int, value: str | None) -> dict[str, object]:
    return {"id": number, "name": f"c{number}", "password": value}
