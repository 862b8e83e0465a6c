"""A node's folder, read."""

from pathlib import Path

from audit.readiness.conf_folder import read_conf_folder
from parsers.secret import Secret


def test_what_lies_in_it(tmp_path: Path) -> None:
    """Key, database and the files left behind, below folders too; a link to a folder is not entered."""
    (tmp_path / "passkey").write_bytes(bytes(range(16)))
    (tmp_path / "database.properties").write_text(
        "COMMANDER_DB_TYPE=mysql\nCOMMANDER_DB_HOST=db\nCOMMANDER_DB_PASSWORD=x\n"
    )
    (tmp_path / "ssl").mkdir()
    (tmp_path / "ssl" / "keystore.OLD").touch()
    (tmp_path / "commander.properties.old").touch()
    (tmp_path / "older").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    folder = read_conf_folder("node1", tmp_path)
    assert folder.key is not None
    assert (folder.key.label, folder.key.content) == ("node1/passkey", Secret(bytes(range(16))))
    assert folder.database is not None
    assert folder.database.password == Secret(b"x")
    assert folder.left_over == ("commander.properties.old", "ssl/keystore.OLD")
    assert folder.unread == ()


def test_what_is_missing_or_broken(tmp_path: Path) -> None:
    """A folder that is not there, one without a key, an empty key and no database: each is told."""
    nowhere = read_conf_folder("n", tmp_path / "none")
    assert [each.reason for each in nowhere.unread] == ["no such folder"]
    assert not nowhere.listed
    bare = read_conf_folder("n", tmp_path)
    assert [(each.path, each.reason) for each in bare.unread] == [(str(tmp_path / "passkey"), "not there")]
    (tmp_path / "passkey").touch()
    (tmp_path / "database.properties").write_text("nothing=here\n")
    broken = read_conf_folder("n", tmp_path)
    assert (broken.key, broken.database) == (None, None)
    assert ["empty" in each.reason for each in broken.unread] == [True, False]
    assert "COMMANDER_DB_TYPE" in broken.unread[1].reason
