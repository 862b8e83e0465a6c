"""References that are no store."""

from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.open import open_store


def test_nothing_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(StoreError, match="No such file"):
        open_store(str(tmp_path / "missing.xml"))


def test_a_folder(tmp_path: Path) -> None:
    """A folder that is no store is refused."""
    with pytest.raises(StoreError, match="a folder"):
        open_store(str(tmp_path))


def test_an_unknown_file(tmp_path: Path) -> None:
    """The path stands before the reason."""
    path = tmp_path / "x"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(StoreError, match=f"^{path}: no kind of store"):
        open_store(str(path))
