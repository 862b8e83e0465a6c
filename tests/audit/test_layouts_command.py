"""The command `layouts`: the table, the exit code, and proof by a known text."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import read_layouts
from tests.support.sealing import UNKNOWN_VECTOR, passwords, seal

KEY: Final = bytes(range(60, 92))
MARKER: Final = "Zyxw-Marker-47"
HIDDEN: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)


def run(*arguments: str | Path, **secrets: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "audit", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **secrets},
    )


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A folder with a key and room for stores."""
    (tmp_path / "passkey").write_bytes(KEY)
    (tmp_path / "foreign").write_bytes(KEY[::-1])
    return tmp_path


def store(folder: Path, layout: Layout, texts: list[bytes]) -> Path:
    path, chance = folder / "store.csv", random.Random(1)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["kind", "project", "name", "user_name", "value"])
        for number, text in enumerate(texts):
            rows.writerow(["credential", "P", f"c{number}", "u", seal(layout, KEY, text, chance).decode()])
    return path


def rows(result: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_the_table_shows_the_evidence(estate: Path) -> None:
    """An established layout is named with its key and its odds; with nothing unknown the code is 0."""
    path = store(estate, FRONT, passwords(60, random.Random(2)))
    result = run("layouts", "--store", path, "--key", estate / "passkey", "--format", "json")
    assert result.returncode == 0, result.stderr
    (row,) = rows(result)
    assert (row["layout"], row["key"]) == ("aes-cbc/iv-front/base64/key-raw", "passkey")
    assert (row["opened"], row["tried"], row["established"], row["proof"]) == (60, 60, True, "data")


def test_without_the_key_the_best_guesses_are_shown(estate: Path) -> None:
    """With a foreign key nothing is established; how far the data go is shown, and the code is 10."""
    path = store(estate, FRONT, passwords(2_000, random.Random(3)))
    result = run("layouts", "--store", path, "--key", estate / "foreign", "--format", "csv")
    assert result.returncode == 10
    lines = list(csv.DictReader(result.stdout.splitlines()))
    assert 0 < len(lines) <= 5
    assert {line["established"] for line in lines} == {"false"}
    assert all(float(line["p_value"]) > 1e-9 for line in lines)
    assert "2000 values" in result.stderr


def test_a_known_text_is_proof_that_the_audit_takes_over(estate: Path) -> None:
    """From one value's text the layout is proven and saved, and the audit rests its verdicts on it."""
    path = store(estate, FRONT, [MARKER.encode()])
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey"]
    assert run("layouts", *keys).returncode == 10
    saved = estate / "layouts.toml"
    known: list[str | Path] = [
        "--known",
        "/projects/P/credentials/c0",
        "--known-text",
        "env:KNOWN",
        "--save",
        saved,
    ]
    result = run("layouts", *keys, *known, "--format", "json", KNOWN=MARKER)
    assert result.returncode == 0, result.stderr
    (row,) = rows(result)
    assert (row["proof"], row["layout"]) == ("known text", "aes-cbc/iv-front/base64/key-raw")
    out = estate / "run"
    audited = run("audit", *keys, "--layouts", saved, "--out", out)
    assert audited.returncode == 0, audited.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert summary["verdicts"] == {"current": 1}
    assert summary["layouts"][0]["established"] is True
    everything = [result.stdout, result.stderr, audited.stdout, audited.stderr]
    everything += [file.read_bytes().decode("latin-1") for file in out.rglob("*") if file.is_file()]
    everything.append(saved.read_text())
    assert not any(MARKER in text for text in everything)


def test_an_unknown_vector_is_solved_and_saved(estate: Path) -> None:
    """One known text of two blocks gives the vector, with which single blocks open as well."""
    texts = [MARKER.encode() + b" and another block", *passwords(40, random.Random(4), longest=15)]
    path, saved = store(estate, HIDDEN, texts), estate / "layouts.toml"
    known: list[str | Path] = [
        "--known",
        "/projects/P/credentials/c0",
        "--known-text",
        "env:KNOWN",
        "--save",
        saved,
    ]
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey"]
    result = run("layouts", *keys, *known, KNOWN=texts[0].decode())
    assert result.returncode == 0, result.stderr
    assert f'constant_iv = "{UNKNOWN_VECTOR.hex()}"' in saved.read_text()
    assert "a second known text would confirm them" in result.stderr


def test_a_mistyped_text_proves_nothing(estate: Path) -> None:
    """A wrong capital would make a vector next to zeros: nothing is saved, and one line says why."""
    zero = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
    texts = [b"correct horse battery staple", *passwords(4, random.Random(4))]
    path, saved = store(estate, zero, texts), estate / "layouts.toml"
    known: list[str | Path] = ["--known", "/projects/P/credentials/c0", "--known-text", "env:KNOWN"]
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey", "--save", saved]
    wrong = run("layouts", *keys, *known, KNOWN="Correct horse battery staple")
    assert wrong.returncode == 10
    assert not saved.exists()
    (line,) = [each for each in wrong.stderr.splitlines() if "probably mistyped" in each]
    assert "Check capital and small letters" in line
    right = run("layouts", *keys, *known, KNOWN="correct horse battery staple")
    assert right.returncode == 0, right.stderr
    assert saved.exists()


def test_one_block_and_the_rest_of_the_store_solve_a_vector(estate: Path) -> None:
    """A text of a single block allows one vector for each key; the other values tell the true one."""
    texts = [b"short", *passwords(40, random.Random(5), longest=15)]
    path, saved = store(estate, HIDDEN, texts), estate / "layouts.toml"
    known: list[str | Path] = [
        "--known",
        "/projects/P/credentials/c0",
        "--known-text",
        "env:KNOWN",
        "--save",
        saved,
    ]
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey", "--key", estate / "foreign"]
    result = run("layouts", *keys, *known, "--format", "json", KNOWN="short")
    assert result.returncode == 0, result.stderr
    (row,) = rows(result)
    assert (row["key"], row["proof"]) == ("passkey", "known text")
    assert f'constant_iv = "{UNKNOWN_VECTOR.hex()}"' in saved.read_text()


def test_a_text_that_nothing_gives_is_said_honestly(estate: Path) -> None:
    """A wrong text proves nothing, changes no evidence, and is no success."""
    path = store(estate, FRONT, passwords(60, random.Random(6)))
    known: list[str | Path] = ["--known", "/projects/P/credentials/c0", "--known-text", "env:KNOWN"]
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey", "--format", "json"]
    result = run("layouts", *keys, *known, KNOWN=MARKER)
    assert result.returncode == 10
    assert "no hypothesis gives the known text" in result.stderr
    assert MARKER not in result.stdout + result.stderr
    assert [row["proof"] for row in rows(result)] == ["data"]


def test_wrong_usage(estate: Path) -> None:
    """A location that is not there fails with a hint; texts and locations come in pairs."""
    path = store(estate, FRONT, [b"x"])
    keys: list[str | Path] = ["layouts", "--store", path, "--key", estate / "passkey"]
    missing = run(*keys, "--known", "/nowhere", "--known-text", "env:KNOWN", KNOWN=MARKER)
    assert missing.returncode == 1
    assert "no stored value at '/nowhere'" in missing.stderr
    assert run(*keys, "--known-text", "env:KNOWN", KNOWN=MARKER).returncode == 2


def test_incomplete(estate: Path) -> None:
    """A store that cannot be read makes the answer incomplete, whatever the rest shows."""
    path = store(estate, FRONT, passwords(60, random.Random(7)))
    (estate / "empty.csv").write_text("kind,project,name,user_name,value\n")
    keys: list[str | Path] = [
        "layouts",
        "--store",
        path,
        "--store",
        estate / "empty.csv",
        "--key",
        estate / "passkey",
    ]
    assert run(*keys).returncode == 3


def test_what_is_saved_stays_and_nothing_is_saved_without_proof(estate: Path) -> None:
    """A second proof is added to the first one's file; a wrong text leaves it as it is, and makes none."""
    path, saved = store(estate, FRONT, [MARKER.encode()]), estate / "layouts.toml"
    keys: list[str | Path] = ["--store", path, "--key", estate / "passkey"]
    known: list[str | Path] = ["--known", "/projects/P/credentials/c0", "--known-text", "env:KNOWN"]
    wrong = run("layouts", *keys, *known, "--save", saved, KNOWN="something else")
    assert f"nothing is proven: {saved} was not written" in wrong.stderr
    assert not saved.exists()
    assert run("layouts", *keys, *known, "--save", saved, KNOWN=MARKER).returncode == 0
    first = read_layouts(saved).proven
    ecb = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
    other = store(estate, ecb, [b"another text of more than a block"])
    again: list[str | Path] = ["--store", other, "--key", estate / "passkey", *known, "--save", saved]
    assert run("layouts", *again, KNOWN="another text of more than a block").returncode == 0
    assert set(read_layouts(saved).proven) > set(first)
    before = saved.read_bytes()
    run("layouts", *again, KNOWN="wrong")
    assert saved.read_bytes() == before
