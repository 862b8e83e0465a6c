"""One database of each product, under two keys each: what an administrator of both servers has."""

import base64
import hashlib
import json
import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.octopus.layouts import LAYOUTS
from tests.support.program import Ended, passkey_audit
from tests.support.sealing import passwords, seal

PASSKEYS: Final = {"passkey": bytes(range(150, 182)), "passkey-old": bytes(range(60, 92))}
MASTERS: Final = {"master": bytes(range(1, 33)), "master-old": bytes(range(33, 65))}
SECRETS: Final = {"passkey": 20, "passkey-old": 10, "master": 8, "master-old": 6}
"""So many values open under each key."""

_BY_PASSKEY: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE)


@dataclass(frozen=True, slots=True)
class BothProducts:
    """Two SQLite files, and the key files next to them.

    Attributes:
        folder: where they lie.
        passkeys: what the passkey files hold, by name; the AES keys are those of `PASSKEYS`.
    """

    folder: Path
    passkeys: Mapping[str, bytes] = field(default_factory=lambda: PASSKEYS)

    @property
    def commander(self) -> Path:
        """The database of CloudBees CD."""
        return self.folder / "commander.sqlite"

    @property
    def octopus(self) -> Path:
        """The database of Octopus Deploy."""
        return self.folder / "octopus.sqlite"

    def make(self, *, history: Sequence[str] = ()) -> "BothProducts":
        """Write everything; the database of CloudBees CD names the passkeys `history`, the newest last."""
        for name, content in self.passkeys.items():
            self._write_key(name, content)
        for name, key in MASTERS.items():
            self._write_key(name, base64.b64encode(key))
        self._make_commander(history)
        self._make_octopus()
        return self

    def words(self, *keys: str) -> list[str]:
        """Both stores and these key files, for a command that runs in the folder; without any all four."""
        names = keys or (*PASSKEYS, *MASTERS)
        stores = ["--store", "commander.sqlite", "--store", "octopus.sqlite"]
        return [*stores, *(word for name in names for word in ("--key", name))]

    def run(self, *words: str | Path) -> Ended:
        """The program, in the folder."""
        return passkey_audit(*words, cwd=self.folder)

    def _write_key(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)

    def _make_commander(self, history: Sequence[str]) -> None:
        chance = random.Random("commander")
        with sqlite3.connect(self.commander) as database:
            database.execute("CREATE TABLE ec_project (id, name)")
            database.execute("INSERT INTO ec_project VALUES (1, 'P')")
            database.execute(
                "CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, project_id, name, user_name, password)"
            )
            for number, (name, text) in enumerate(_texts(PASSKEYS, chance)):
                value = seal(_BY_PASSKEY, PASSKEYS[name], text, chance).decode()
                row = (number, f"c{number}", "u", value)
                database.execute("INSERT INTO ec_credential VALUES (?, 1, ?, ?, ?)", row)
            database.execute("CREATE TABLE ec_configuration_history (passkey_fingreprint, last_use_date)")
            for number, name in enumerate(history):
                dated = (sha1(self.folder / name), f"2024-01-0{number + 1} 00:00:00")
                database.execute("INSERT INTO ec_configuration_history VALUES (?, ?)", dated)
        database.close()

    def _make_octopus(self) -> None:
        chance = random.Random("octopus")
        with sqlite3.connect(self.octopus) as database:
            database.execute("CREATE TABLE Account (Id TEXT PRIMARY KEY, Name TEXT, JSON TEXT)")
            for number, (name, text) in enumerate(_texts(MASTERS, chance)):
                value = seal(LAYOUTS[0], MASTERS[name], text, chance).decode()
                row = (f"Accounts-{number}", f"A{number}", json.dumps({"Token": value}))
                database.execute("INSERT INTO Account VALUES (?, ?, ?)", row)
        database.close()


def sha1(path: Path) -> str:
    """The fingerprint of a key file."""
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()


def _texts(keys: dict[str, bytes], chance: random.Random) -> list[tuple[str, bytes]]:
    names = [name for name in keys for _ in range(SECRETS[name])]
    return list(zip(names, passwords(len(names), chance), strict=True))
