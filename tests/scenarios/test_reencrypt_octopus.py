"""Stories of a rotation of Octopus' master key, and of an export given another password."""

import hashlib
import json
import re
import shutil
import sqlite3
from pathlib import Path

from tests.support.octopus import sealed
from tests.support.program import Ended, passkey_audit

ESTATE = Path(__file__).parents[2] / "sample_logs" / "octopus"
HERON = f"heron={ESTATE}/keys/octo-heron/Server.linux.config"
BEFORE = f"before={ESTATE}/keys/before.txt"
CIPHER = re.compile(r"[A-Za-z0-9+/]+={0,2}\|[A-Za-z0-9+/]{22}==")
"""ciphertext|vector."""


def documents(store: Path) -> dict[tuple[str, str], str]:
    with sqlite3.connect(store) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {}
        for name in names:
            columns = {each[1] for each in connection.execute(f"PRAGMA table_info([{name}])")}
            if {"Id", "JSON"} <= columns:
                rows = connection.execute(f"SELECT Id, JSON FROM [{name}]")
                found.update({(name, key): text for key, text in rows if isinstance(text, str)})
        return found


def run(folder: Path, store: Path, *words: str | Path) -> Ended:
    keys = ("--key", HERON, "--key", BEFORE)
    return passkey_audit("reencrypt", folder / "run", "--store", store, *keys, "--to", "heron", *words)


def test_what_a_rotation_left_behind(tmp_path: Path) -> None:
    """Three values under the key of before: only their cipher strings change, and undo restores them."""
    store = tmp_path / "octopus.sqlite"
    shutil.copy(ESTATE / "store" / "octopus.sqlite", store)
    keys = ("--key", HERON, "--key", BEFORE, "--current", "heron")
    assert passkey_audit("audit", "--store", store, *keys, "--out", tmp_path / "run", "-q").code == 10
    before = documents(store)
    ended = run(tmp_path, store, "--apply", "--yes")
    assert ended.code == 10
    assert b"3  re-encrypted" in ended.out
    after = documents(store)
    changed = [key for key in before if before[key] != after[key]]
    assert changed
    for key in changed:
        assert CIPHER.split(before[key]) == CIPHER.split(after[key])
    differing = [
        (old, new)
        for key in changed
        for old, new in zip(CIPHER.findall(before[key]), CIPHER.findall(after[key]), strict=True)
        if old != new
    ]
    assert len(differing) == 3
    assert len({new.partition("|")[2] for _, new in differing}) == 3  # each has a vector of its own
    report = (tmp_path / "run" / "reencryption-report.txt").read_text()
    assert "ROTATE MASTER KEY REPORT" in report
    assert "0/31 documents" in report.partition("Still under an older master key")[2]
    assert passkey_audit("undo", tmp_path / "run" / "journal.jsonl", "--store", store).code == 0
    assert documents(store) == before


def export(folder: Path, password: str) -> dict[str, str]:
    """A folder as Octopus.Migrator writes it, under a password; its files by name."""
    key, zero = hashlib.pbkdf2_hmac("sha1", password.encode(), b"Octopuss", 1000, 16), bytes(16)
    files = {
        "metadata.json": {"Version": "3.0", "Hello": sealed(key, "Hello", zero)},
        "Accounts/Azure.json": {
            "$type": "Octopus.Core.A, Octopus.Core", "Id": "Accounts-1", "Name": "Azure «ü»",
            "Token": sealed(key, "a token for Azure", zero),
        },
        "Feeds/Nuget.json": {"$type": "x", "Id": "Feeds-1", "Password": sealed(key, "of the feed", zero)},
    }  # fmt: skip
    for name, members in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(members, ensure_ascii=False, indent=2), encoding="utf-8-sig")
    (folder / "readme.txt.gz").write_bytes(b"\x1f\x8b no gzip, and not to be touched")
    return contents(folder)


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes().decode("latin-1") for path in files}


def test_an_export_under_another_password(tmp_path: Path) -> None:
    """Values and the password's own check open under the new password; the rest of each file is the same."""
    for name in ("first", "second"):
        (tmp_path / name).write_text(f"the {name} password")
    before = export(tmp_path / "export", "the first password")
    keys = (
        "--key",
        f"first=migrator:{tmp_path / 'first'}",
        "--key",
        f"second=migrator:{tmp_path / 'second'}",
    )
    store = ("--store", tmp_path / "export")
    ended = passkey_audit("audit", *store, *keys, "--current", "first", "--out", tmp_path / "run", "-q")
    assert ended.code in {0, 10}, ended.err
    out = tmp_path / "again"
    words = ("reencrypt", tmp_path / "run", *store, *keys, "--to", "second", "--apply", "--yes", "--out", out)
    done = passkey_audit(*words)
    assert done.code == 0, done.err
    after = contents(out)
    assert after == export(tmp_path / "expected", "the second password")
    assert after.keys() == before.keys()
    second = ("--key", f"second=migrator:{tmp_path / 'second'}")
    again = passkey_audit("audit", "--store", out, *second, "--out", tmp_path / "after")
    assert "'second' opens its Hello" in again.err
    assert json.loads((tmp_path / "after" / "summary.json").read_text())["verdicts"] == {"current": 2}
