"""The planted estate, and a watch over everything that comes out of it."""

import io
from pathlib import Path

import polars as pl
import pytest

from tests.hostile.leaks.planted import Planted, plant
from tests.support.program import Ended, passkey_audit


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    folder = tmp_path / "planted"
    folder.mkdir()
    return plant(folder)


class Watched:
    """Runs the program on the planted estate; nothing that it says or leaves behind may hold a secret."""

    def __init__(self, planted: Planted, folder: Path) -> None:
        self.planted = planted
        self.written = folder / "written"
        self.temporary = folder / "temporary"
        for each in (self.written, self.temporary):
            each.mkdir()

    def run(self, *arguments: str | Path, env: dict[str, str] | None = None, stdin: bytes = b"") -> Ended:
        """Run it; `RUN` among the arguments is a folder that does not exist yet."""
        named = [str(self.written / "run") if each == "RUN" else each for each in arguments]
        surroundings = {"TMPDIR": str(self.temporary), **(env or {})}
        ended = passkey_audit(*named, cwd=self.planted.folder, env=surroundings, stdin=stdin)
        assert self.planted.found_in(readable(ended.out)) == set()
        assert self.planted.found_in(ended.err.encode()) == set()
        assert "Traceback" not in ended.err
        assert "fault of passkey-audit" not in ended.err
        self.look_at_files()
        return ended

    def look_at_files(self) -> None:
        """Nothing in any file that was written, and no temporary file left."""
        for path in self.written.rglob("*"):
            if path.is_file():
                assert (path.name, self.planted.found_in(readable(path.read_bytes()))) == (path.name, set())
        assert list(self.temporary.iterdir()) == []


def readable(content: bytes) -> bytes:
    """Parquet decoded, beside its own bytes; anything else as it is."""
    if not content.startswith(b"PAR1"):
        return content
    return content + pl.read_parquet(io.BytesIO(content)).write_csv().encode()


@pytest.fixture
def watched(planted: Planted, tmp_path: Path) -> Watched:
    return Watched(planted, tmp_path)
