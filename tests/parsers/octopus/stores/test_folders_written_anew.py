"""Folders that are written anew."""

import gzip
import json
import os
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.interface import PasswordCheck
from parsers.stores.open import open_store
from parsers.stores.store_writer import StoredCiphertext, ValueChange
from tests.parsers.stores.rewriting.rewritten import base64_of, changed, changes_of, content, writer
from tests.support.octopus import Row, csv_file, json_lines_file

OLD, NEW = (f"{base64_of(at)}|{base64_of(at + 1)}" for at in (1, 3))


def with_new(_number: int, _old: StoredCiphertext) -> StoredCiphertext:
    return StoredCiphertext(NEW.encode())


def migrator(folder: Path) -> Path:
    """One account, written as .NET writes JSON, and the check of the password."""
    made = folder / "export"
    (made / "Accounts").mkdir(parents=True)
    escaped = OLD.replace("+", "\\u002B").replace("=", "\\u003D")
    account = f'{{"Id": "Accounts-1",\r\n "Note": "{escaped}", "Token": "{escaped}", "Name": "\\u00fc"}}'
    (made / "Accounts" / "A.json").write_bytes(account.encode())
    (made / "metadata.json").write_text(json.dumps({"Other": "x", "Hello": OLD}))
    return made


def test_check_of_the_password(tmp_path: Path) -> None:
    """The value that the import decrypts first is changed by a record of its own, as its event tells it."""
    folder = migrator(tmp_path)
    store = open_store(str(folder))
    checks = [event for event in store.read() if isinstance(event, PasswordCheck)]
    new = StoredCiphertext(f"{base64_of(7)}|{base64_of(8)}".encode())
    changes = [ValueChange(check.record, StoredCiphertext(check.value), new) for check in checks]
    rewriting = writer(store).locate([*changes_of(store, with_new), *changes])
    assert not rewriting.blockers
    found = content(rewriting)
    assert json.loads(found["metadata.json"]) == {"Other": "x", "Hello": new.value.decode()}


def test_escapes_are_followed(tmp_path: Path) -> None:
    """A value is found though its characters are escaped; escapes elsewhere stay as they are."""
    folder = migrator(tmp_path)
    source = (folder / "Accounts" / "A.json").read_bytes().decode()
    before, token, behind = source.partition('"Token": "')
    found, blockers = changed(folder, lambda at, old: with_new(at, old) if at == 1 else None)
    expected = before + token + NEW + behind[behind.index('"') :]
    assert found["Accounts/A.json"].decode() == expected
    assert not blockers
    assert json.loads(expected)["Note"] == OLD


def link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def link_to_folder(path: Path) -> None:
    path.symlink_to("/etc")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def open_socket(path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(str(path))


@pytest.mark.parametrize("make", [link, link_to_folder, pipe, open_socket])
def test_links_and_special_files_are_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """What lies elsewhere is never copied, and nothing waits for a pipe."""
    folder = migrator(tmp_path)
    store = open_store(str(folder))
    make(folder / "Accounts" / "odd")
    with pytest.raises(StoreError, match="odd"):
        writer(store).locate([])


def test_names_stay(tmp_path: Path) -> None:
    """Whatever bytes a name has."""
    folder = migrator(tmp_path)
    name = os.fsdecode(b"Accounts/ \xff\n$(x) ..json")
    (folder / name).write_bytes(b"{}")
    found, _ = changed(folder, with_new)
    assert set(found) == {"Accounts/A.json", name, "metadata.json"}


def test_packed_tables(tmp_path: Path) -> None:
    """They are written decompressed, under a name that does not say otherwise; others are copied packed."""
    rows = [Row("Account", "Accounts-1", {"Token": OLD})]
    text = json_lines_file(tmp_path / "rows", rows).read_bytes()
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "Account.jsonl.gz").write_bytes(gzip.compress(text))
    (folder / "notes.txt.gz").write_bytes(notes := gzip.compress(OLD.encode()))
    found, blockers = changed(folder, with_new)
    assert found == {"Account.jsonl": text.replace(OLD.encode(), NEW.encode()), "notes.txt.gz": notes}
    assert not blockers
    csv_file(folder / "Account.jsonl", [])
    with pytest.raises(StoreError, match="compressed and uncompressed"):
        changed(folder, with_new)
