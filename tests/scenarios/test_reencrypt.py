"""Stories of re-encryption, on the sample estates: planned, applied, opened by openssl, undone."""

import base64
import fcntl
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.hostile.scripts.terminal import run_on_terminal
from tests.support.program import ESTATE, PROGRAM, Ended, passkey_audit
from tests.support.programs import need

KEYS = ESTATE / "keys"
RE_ENCRYPTED = 68
"""Credentials of the sample estate under an older key: 36 under 9.1's, 32 under the build farm's."""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit of the sample database, made once."""
    folder = tmp_path_factory.mktemp("audited")
    audited(folder, ESTATE / "store" / "commander.sqlite")
    return folder / "run"


@pytest.fixture
def store(tmp_path: Path, run_folder: Path) -> Path:
    """A copy of the sample database, and the run folder of its audit beside it."""
    shutil.copytree(run_folder, tmp_path / "run")
    return Path(shutil.copy(ESTATE / "store" / "commander.sqlite", tmp_path / "commander.sqlite"))


def audited(folder: Path, store: Path, *, keys: Path = KEYS, run: str = "run") -> dict[str, int]:
    """The verdicts of an audit into `folder`."""
    ended = passkey_audit("audit", "--store", store, "--key", keys, "--out", folder / run, "-q")
    assert ended.code in {0, 10}, ended.err
    verdicts: dict[str, int] = json.loads((folder / run / "summary.json").read_text())["verdicts"]
    return verdicts


def reencrypt(folder: Path, store: Path, *words: str | Path, to: str = "passkey") -> Ended:
    return passkey_audit("reencrypt", folder / "run", "--store", store, "--key", KEYS, "--to", to, *words)


def passwords(store: Path) -> dict[str, str]:
    with sqlite3.connect(store) as connection:
        return dict(connection.execute("SELECT hex(id), password FROM ec_credential"))


def by_openssl(value: str, key: str) -> bytes | None:
    """What openssl makes of a value: CBC with a vector of zeros under a key of 256 bits, else ECB."""
    content, secret = base64.b64decode(value), (KEYS / key).read_bytes()
    words = ["-aes-128-ecb"]
    if len(secret) == 32:
        words = ["-aes-256-cbc", "-iv", bytes(16).hex()]
    command = [need("openssl"), "enc", "-d", *words, "-K", secret.hex()]
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def test_a_plan_changes_nothing(tmp_path: Path, store: Path) -> None:
    """Without --apply the counts are told, both ways out too, and no byte is written anywhere."""
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = reencrypt(tmp_path, store)
    assert ended.code == 10
    words = ended.out.decode()
    assert f"{RE_ENCRYPTED}  to re-encrypt" in words
    assert "299  values in all" in words
    assert "restoring passkey-9.1 would open 36 of 287" in words
    assert "discarding with ignorePasskeyMismatch would lose 107 of 287" in words
    assert "nothing was written: --apply does it" in words
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_applied_opened_by_openssl_and_undone(tmp_path: Path, store: Path) -> None:
    """What was under an older key opens under the new one, for openssl too; undo restores every byte."""
    before, dump = passwords(store), _dump(store)
    ended = reencrypt(tmp_path, store, "--apply", "--yes")
    assert ended.code == 10  # lost ones stay lost
    assert f"{RE_ENCRYPTED} open under passkey to the text that they held before" in ended.out.decode()
    after = passwords(store)
    changed = [row for row in before if before[row] != after[row]]
    assert len(changed) > 50  # the others lie in tables of other kinds
    for row in changed:
        text = by_openssl(after[row], "passkey")
        assert text
        assert text in {by_openssl(before[row], key) for key in ("passkey-9.1", "passkey-build-farm")}
    report = json.loads((tmp_path / "run" / "reencryption.json").read_text())
    assert sum(report["states"].values()) == report["total"] == 299
    assert report["still_needed"] == {}
    verdicts = audited(tmp_path, store, run="again")
    assert verdicts["current"] == 248
    assert "older-key" not in verdicts
    journal = tmp_path / "run" / "journal.jsonl"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    undone = passkey_audit("undo", journal, "--store", store)
    assert undone.code == 0
    assert f"{RE_ENCRYPTED}  put-back" in undone.out.decode()
    assert "steps of a rotation" in undone.err
    assert _dump(store) == dump


def test_a_second_run_changes_nothing(tmp_path: Path, store: Path) -> None:
    """Run twice, the second time nothing is to be done, and no file is touched."""
    reencrypt(tmp_path, store, "--apply", "--yes")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = reencrypt(tmp_path, store, "--apply", "--yes")
    assert ended.code == 10
    assert "248  open under passkey already" in ended.out.decode()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_changed_since_the_run_stays(tmp_path: Path, store: Path) -> None:
    """A value that was changed after the audit is left as it is, and told."""
    stored = passwords(store)
    older = [row for row, value in stored.items() if value and len(value) == 24 and _is_older(value)]
    with sqlite3.connect(store) as connection:
        connection.execute(
            "UPDATE ec_credential SET password = ? WHERE hex(id) = ?", (stored[older[0]], older[1])
        )
    plan = tmp_path / "plan.csv"
    ended = reencrypt(tmp_path, store, "--apply", "--yes", "--format", "csv", "-o", plan)
    assert ended.code == 10
    assert plan.read_text().count("the run judged another value here") == 1
    assert passwords(store)[older[1]] == stored[older[0]]
    assert passwords(store)[older[0]] != stored[older[0]]


def _is_older(value: str) -> bool:
    """Text, and not only padding: that a wrong key gives to one value in 256."""
    text = by_openssl(value, "passkey-build-farm")
    return text is not None and text.isascii()


def test_undo_leaves_what_changed_since(tmp_path: Path, store: Path) -> None:
    """A value that somebody entered anew after the re-encryption is not put back, and is told."""
    before = passwords(store)
    reencrypt(tmp_path, store, "--apply", "--yes")
    row = next(row for row, value in passwords(store).items() if value != before[row])
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE ec_credential SET password = 'entered anew' WHERE hex(id) = ?", (row,))
    undone = passkey_audit("undo", tmp_path / "run" / "journal.jsonl", "--store", store)
    assert undone.code == 10
    assert f"{RE_ENCRYPTED - 1}  put-back" in undone.out.decode()
    assert "1  changed" in undone.out.decode()
    assert passwords(store) == {**before, row: "entered anew"}


def test_an_export_for_another_server(tmp_path: Path) -> None:
    """An export of the build farm, re-keyed for the main server, is all current there, and else the same."""
    export = tmp_path / "farm.xml"
    export.write_text(_of_the_build_farm())
    audited(tmp_path, export)
    out = tmp_path / "for-main.xml"
    like = ESTATE / "store" / "commander.sqlite"
    without = reencrypt(tmp_path, export, "--apply", "--yes", "--out", out)
    assert b"refused  32" in without.out  # nothing shows how values lie under a key of 256 bits
    assert not out.exists()
    ended = reencrypt(tmp_path, export, "--like", like, "--apply", "--yes", "--out", out)
    assert ended.code == 0, ended.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    only = tmp_path / "keys"
    only.mkdir()
    shutil.copy(KEYS / "passkey", only)
    assert audited(tmp_path, out, keys=only, run="after") == {"current": 32}
    before, after = export.read_text().splitlines(), out.read_text().splitlines()
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) == 33  # 32 values, and the passkey attribute of the root element
    assert all("<password>" in new or "<exportedData" in new for _, new in differing)


def _of_the_build_farm() -> str:
    """The sample export with the build farm's projects alone, as that server would have written it."""
    tree = ET.parse(ESTATE / "store" / "export.xml")
    root = tree.getroot()
    for child in list(root):
        if child.findtext("projectName") not in {"Build Farm", "Toolchain"}:
            root.remove(child)
    root.set("passkey", "5895899420552e230bee8821eb0d8058a42526e8")
    return ET.tostring(root, encoding="unicode")


def test_a_file_store_wants_a_place_of_its_own(tmp_path: Path) -> None:
    """Without --out, or onto itself, nothing is written."""
    export = tmp_path / "export.xml"
    shutil.copy(ESTATE / "store" / "export.xml", export)
    audited(tmp_path, export)
    content = export.read_bytes()
    assert reencrypt(tmp_path, export, "--apply", "--yes").code == 2
    onto_itself = reencrypt(tmp_path, export, "--apply", "--yes", "--out", export)
    assert onto_itself.code == 1
    assert "never changed in place" in onto_itself.err
    assert export.read_bytes() == content


def test_nobody_to_ask(tmp_path: Path, store: Path) -> None:
    """Without --yes and without a terminal nothing is written."""
    before = store.read_bytes()
    ended = reencrypt(tmp_path, store, "--apply")
    assert ended.code == 1
    assert "--yes" in ended.err
    assert store.read_bytes() == before


@pytest.mark.parametrize("place", ["no/such/folder/plan.csv", "run/journal.jsonl", "commander.sqlite", "run"])
def test_a_place_that_cannot_be_written_is_found_out_first(tmp_path: Path, store: Path, place: str) -> None:
    """Where the table cannot go, or must not, nothing is changed; afterwards it would be too late."""
    before = store.read_bytes()
    words = ("--apply", "--yes", "--format", "csv", "-o", tmp_path / place)
    ended = reencrypt(tmp_path, store, *words)
    assert ended.code == 1
    assert "nothing was changed" in ended.err
    assert store.read_bytes() == before
    assert not (tmp_path / "run" / "journal.jsonl").exists()


def test_no_key_is_overwritten(tmp_path: Path, store: Path) -> None:
    """A key's own file is no place for a table."""
    key = tmp_path / "key"
    shutil.copy(KEYS / "passkey-9.1", key)
    words = ("--key", f"mine={key}", "--apply", "--yes", "--format", "csv", "-o", key)
    assert reencrypt(tmp_path, store, *words).code == 1
    assert key.read_bytes() == (KEYS / "passkey-9.1").read_bytes()


def test_what_was_done_is_told_though_the_table_is_lost(tmp_path: Path, store: Path) -> None:
    """A device that takes nothing: the run failed, and says nevertheless what it did to the store."""
    ended = reencrypt(tmp_path, store, "--apply", "--yes", "--format", "csv", "-o", "/dev/full")
    assert ended.code == 1
    assert f"{RE_ENCRYPTED} open under passkey to the text that they held before" in ended.out.decode()


def test_interrupted_at_the_question(tmp_path: Path, store: Path) -> None:
    """Ctrl-C where the program asks ends it at once, with 130 and nothing written."""
    before = store.read_bytes()
    words: list[str | Path] = ["reencrypt", tmp_path / "run", "--store", store]
    words += ["--key", KEYS, "--to", "passkey", "--apply"]
    command: list[str | Path] = ["sh", "-c", 'exec "$@" </dev/tty', "sh", PROGRAM, *words]
    ended = run_on_terminal(command, [("[y/N]: ", "\x03")], os.environ, tmp_path)
    assert ended.code == 130
    assert store.read_bytes() == before


def test_a_plan_says_what_stands_in_the_way(tmp_path: Path, store: Path) -> None:
    """Without --apply, too, people hear that a rotation would be refused, and what to do."""
    passkey_audit("key", "new", tmp_path / "next", "--like", KEYS / "passkey")
    ended = reencrypt(tmp_path, store, "--key", f"next={tmp_path / 'next'}", to="next")
    assert ended.code == 10
    assert "nothing would be written" in ended.err
    assert "27 lost" in ended.err
    assert "--despite unreadable" in ended.err


def test_a_rotation_wants_everything_readable(tmp_path: Path, store: Path) -> None:
    """To a key that the server does not use, nothing goes while values are lost; told otherwise, it goes."""
    made = passkey_audit("key", "new", tmp_path / "next", "--like", KEYS / "passkey")
    assert made.code == 0
    assert stat.S_IMODE((tmp_path / "next").stat().st_mode) == 0o600
    secret = (tmp_path / "next").read_bytes()
    assert len(secret) == 32
    words = ("--key", f"next={tmp_path / 'next'}", "--apply", "--yes")
    before = store.read_bytes()
    refused = reencrypt(tmp_path, store, *words, to="next")
    assert refused.code == 1
    assert "27 lost" in refused.err
    assert store.read_bytes() == before
    ended = reencrypt(tmp_path, store, *words, "--despite", "unreadable", to="next")
    assert ended.code == 10
    out = ended.out.decode()
    assert "248 open under next" in out
    assert "conf/passkey on every node" in out
    assert "ec_configuration_history still names 4b774b55f1b85bb7275834b8dc4441c3936d6921" in out
    assert secret not in ended.out + ended.err.encode()
    again = reencrypt(tmp_path, store, *words, to="next")  # as after a kill before anything could be told
    assert "nothing was written" in again.out.decode()
    assert "conf/passkey on every node" in again.out.decode()
    assert passkey_audit("undo", tmp_path / "run" / "journal.jsonl", "--store", store).code == 0


def test_the_same_key_is_no_target(tmp_path: Path, store: Path) -> None:
    """A second label of the same file: nothing would change, and the message says why."""
    shutil.copy(KEYS / "passkey", tmp_path / "copy")
    reencrypt(tmp_path, store, "--apply", "--yes")
    ended = reencrypt(tmp_path, store, "--key", f"copy={tmp_path / 'copy'}", "--apply", "--yes", to="copy")
    assert ended.code == 1
    assert "is the same key as" in ended.err


def test_a_store_by_another_path(tmp_path: Path, store: Path) -> None:
    """Named twice by two paths it is refused at once; undo knows it again, whatever the path and folder."""
    before, dump = store.read_bytes(), _dump(store)
    link = tmp_path / "link"
    link.symlink_to(store)
    twice = reencrypt(tmp_path, store, "--store", link)
    assert twice.code == 1
    assert "named twice" in twice.err
    assert store.read_bytes() == before
    words: list[str | Path] = ["reencrypt", "run", "--key", KEYS, "--to", "passkey", "--apply", "--yes"]
    assert passkey_audit(*words, "--store", "commander.sqlite", cwd=tmp_path).code == 10
    undone = passkey_audit("undo", tmp_path / "run" / "journal.jsonl", "--store", link)
    assert undone.code == 0, undone.err
    assert _dump(store) == dump


def test_two_runs_at_once(tmp_path: Path, store: Path) -> None:
    """While another program holds the store, the second run stops and changes nothing."""
    before = store.read_bytes()
    with store.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = reencrypt(tmp_path, store, "--apply", "--yes")
    assert ended.code == 1
    assert "another" in ended.err
    assert store.read_bytes() == before
    assert not (tmp_path / "run" / "journal.jsonl").exists()


def test_another_store_than_that_of_the_run(tmp_path: Path, store: Path) -> None:
    """A run of one store says nothing of another."""
    other = tmp_path / "other.csv"
    other.write_text("kind,project,name,value\ncredential,Q,n,zWjkbdMteM0VY1Ls3V+lwA==\n")
    ended = reencrypt(tmp_path, other)
    assert ended.code == 1
    assert "none of the credentials in these stores is in the run" in ended.err
    assert store.exists()


def _dump(store: Path) -> list[str]:
    with sqlite3.connect(store) as connection:
        return list(connection.iterdump())
