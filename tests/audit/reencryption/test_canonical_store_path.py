"""A store by the same name, however it was spelled."""

from pathlib import Path

import pytest

from audit.reencryption.journal import canonical_store_path


def test_every_spelling_of_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative, absolute, through a link: one name."""
    store = tmp_path / "commander.sqlite"
    store.touch()
    (tmp_path / "link").symlink_to(store)
    monkeypatch.chdir(tmp_path)
    names = {
        canonical_store_path(each)
        for each in ("commander.sqlite", "./link", str(store), f"{tmp_path}/./link")
    }
    assert names == {str(store.resolve())}


def test_a_database_keeps_its_label() -> None:
    """What is no path is left as it is."""
    assert canonical_store_path("mysql+pymysql://db/commander") == "mysql+pymysql://db/commander"
