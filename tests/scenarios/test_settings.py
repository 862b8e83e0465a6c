"""An administrator keeps in a file what would have to be typed each time."""

import json
from pathlib import Path

import pytest

from tests.support.program import ESTATE, Ended, passkey_audit

SETTINGS = """\
store = "{estate}/store/commander.sqlite"
key = ["{estate}/keys/passkey", "cmd:cat {estate}/keys/passkey-9.1"]
quiet = true

[readiness]
format = "json"
skip = ["imports", "backup-tested"]

[scan]
logs = ["{estate}/logs/commander-service.log"]
since = 2021-02-06
jobs = 1
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A file where `--config` has to name it."""
    path = tmp_path / "settings.toml"
    path.write_text(SETTINGS.format(estate=ESTATE))
    path.chmod(0o600)
    return path


@pytest.fixture
def home(tmp_path: Path, settings: Path) -> dict[str, str]:
    """The same file in the user's own configuration folder, as an environment."""
    folder = tmp_path / "home" / "passkey-audit"
    folder.mkdir(parents=True)
    settings.rename(folder / "passkey-audit.toml")
    return {"XDG_CONFIG_HOME": str(tmp_path / "home")}


def states(ended: Ended) -> dict[str, str]:
    assert ended.out, ended.err
    return {check["id"]: check["state"] for check in json.loads(ended.out)}


@pytest.mark.parametrize("where", ["before", "after", "glued"])
def test_what_is_in_the_file_need_not_be_typed(settings: Path, where: str) -> None:
    """Store, keys (one from a command), format and checks to skip come from the file."""
    words: dict[str, tuple[str | Path, ...]] = {
        "before": ("--config", settings, "readiness"),
        "after": ("readiness", "--config", settings),
        "glued": ("readiness", f"--config={settings}"),
    }
    ended = passkey_audit(*words[where])
    assert states(ended)["values-open"] == "fail"
    assert not {"imports", "backup-tested"} & set(states(ended))
    assert "36 older-key" in ended.out.decode()
    assert ended.err == ""


def test_the_users_own_folder(home: dict[str, str]) -> None:
    """Without `--config` the file in the user's configuration folder counts, for every command."""
    assert states(passkey_audit("readiness", env=home))["values-open"] == "fail"
    scanned = passkey_audit("scan", "--format", "json", env=home)
    assert scanned.code in {0, 10}
    assert json.loads(scanned.out) is not None


def test_what_is_typed_wins(settings: Path) -> None:
    """The command line's words take the place of the file's."""
    ended = passkey_audit("readiness", "--config", settings, "--format", "csv", "--skip", "values-open")
    assert ended.out.startswith(b"id,title,")
    assert b"values-open" not in ended.out
    assert b"imports" in ended.out


def test_a_command_wins_over_all(settings: Path) -> None:
    """What stands under a command counts there, whatever stands above for all."""
    settings.write_text(f"format = 'csv'\n{settings.read_text()}")
    assert states(passkey_audit("readiness", "--config", settings))
    assert passkey_audit("--config", settings, "fingerprint", ESTATE / "keys").out.startswith(b"file,")


def test_the_working_directory_is_never_looked_at(tmp_path: Path) -> None:
    """A bundle that brings settings along starts no command, not even by a relative configuration folder."""
    marker = tmp_path / "started"
    for folder in (tmp_path, tmp_path / "passkey-audit"):
        folder.mkdir(exist_ok=True)
        (folder / "passkey-audit.toml").write_text(f'key = "cmd:touch {marker}"\n')
    for env in ({}, {"XDG_CONFIG_HOME": "."}, {"XDG_CONFIG_HOME": ""}):
        home = {"HOME": str(tmp_path / "nobody")}
        ended = passkey_audit(
            "readiness", "--store", ESTATE / "store" / "export.xml", cwd=tmp_path, env=home | env
        )
        assert ended.code == 2
        assert "--key" in ended.err
    assert not marker.exists()


def test_a_file_that_others_may_write_to(settings: Path) -> None:
    """It could start anybody's commands: refused, before anything of it counts."""
    settings.chmod(0o606)
    ended = passkey_audit("readiness", "--config", settings)
    assert ended.code == 1
    assert "others may write to" in ended.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stroe = 'x'", "there is no 'stroe'"),
        ("[readyness]\nstore = 'x'", "there is no 'readyness'"),
        ("[readiness]\nowners = 'x'", "there is no 'owners'"),
        ("config = 'x'", "there is no 'config'"),
        ("owners = ['a', 'b']", "'owners' has a value"),
        ("quiet = 'yes'\nstore = [{a = 1}]", "'store' has a value"),
        ("store = true", "'store' has a value"),
        ("store = 'x", "is not TOML"),
        ("store = '\udcff'", "is not TOML"),
    ],
)
def test_a_setting_that_makes_no_sense(tmp_path: Path, text: str, message: str) -> None:
    """A misspelt setting is an error that names it: else it would be left out without anybody noticing."""
    path = tmp_path / "settings.toml"
    path.write_text(text, errors="surrogateescape")
    ended = passkey_audit("--config", path, "readiness")
    assert ended.code == 1
    assert message in ended.err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """What `--config` names has to exist."""
    ended = passkey_audit("readiness", "--config", tmp_path / "none.toml")
    assert ended.code == 1
    assert "no such file" in ended.err
