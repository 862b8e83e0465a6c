"""What the commands do, done by a script: the code of docs/library.md runs as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from tests.support.rekeying import Rekeying, stored, under_new

ROOT = Path(__file__).parents[2]
SNIPPETS = re.findall(
    r"^```python\n(.*?)^```$", (ROOT / "docs" / "library.md").read_text(), re.DOTALL | re.MULTILINE
)
STORES = """
import audit
from pathlib import Path
stores = audit.StoreOptions(["commander.sqlite"])
"""
"""What the second example takes from the first."""


def script(folder: Path, code: str) -> str:
    """What a script printed that was run in `folder`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def estate_in(folder: Path) -> tuple[Rekeying, sa.Engine]:
    """The store and the key files that the page speaks of; six values lie under each key."""
    engine = sa.create_engine(f"sqlite:///{folder / 'commander.sqlite'}", poolclass=sa.NullPool)
    estate = Rekeying(folder, str(folder / "commander.sqlite"))
    estate.make(engine)
    for label, place in (("new", "conf"), ("old", "backup")):
        (folder / place).mkdir()
        (folder / label).rename(folder / place / "passkey")
    return estate, engine


def test_the_example_re_encrypts_and_undoes(tmp_path: Path) -> None:
    """Every value that a key opens lies under the new one then; the second example restores every byte."""
    estate, engine = estate_in(tmp_path)
    before = stored(engine)
    assert under_new(estate, engine) == estate.count
    re_encrypting, undoing = SNIPPETS
    printed = script(tmp_path, re_encrypting)
    assert f"<State.RE_ENCRYPT: 're-encrypt'>: {estate.count}" in printed.splitlines()[0]
    assert f"<State.RE_ENCRYPTED: 're-encrypted'>: {estate.count}" in printed.splitlines()[1]
    assert printed.endswith("[]\n")
    assert under_new(estate, engine) == 2 * estate.count
    assert estate.journal.stat().st_mode & 0o777 == 0o600
    printed = script(tmp_path, STORES + undoing)
    assert f"<UndoState.PUT_BACK: 'put-back'>: {estate.count}" in printed
    assert stored(engine) == before


def test_ten_lines_are_enough() -> None:
    """The first example is about as long as the page says."""
    lines = [line for line in SNIPPETS[0].splitlines() if line.strip()]
    assert len(lines) <= 10


def test_a_script_that_says_no_changes_nothing(tmp_path: Path) -> None:
    """The journal does not come about either, and the plan is returned all the same."""
    _, engine = estate_in(tmp_path)
    before = stored(engine)
    printed = script(tmp_path, SNIPPETS[0].replace("question.values < 1_000", "question.values < 6"))
    assert "re-encrypted" not in printed
    assert printed.endswith("None\n")
    assert stored(engine) == before
    assert not (tmp_path / "run" / "journal.jsonl").exists()
    assert not (tmp_path / "run" / "reencryption.json").exists()
