import os
import shutil
import subprocess
from pathlib import Path

import pytest

from parsers.errors import SecretReferenceError
from parsers.keys.key_file import KeyFile, split_label
from parsers.keys.read_key_files import read_key_files
from parsers.keys.reference import MAX_SECRET_BYTES
from parsers.secret import Secret
from parsers.unread import Unread

KEY = bytes(range(100, 132))
MARKER = b"PLANTED-MARKER-KEY-32-BYTES-LONG"


def write(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def one(argument: str) -> KeyFile:
    (key,) = read_key_files(argument)
    assert isinstance(key, KeyFile)
    return key


def test_a_passkey_is_read_whole(tmp_path: Path) -> None:
    """A passkey file of 32 bytes and mode 0600 comes with its name, content and nothing to remark."""
    key = one(str(write(tmp_path / "passkey", KEY)))
    assert (key.label, key.content.reveal(), key.master_key, key.remarks) == ("passkey", KEY, None, ())


def test_the_fingerprint_is_that_of_sha1sum(tmp_path: Path) -> None:
    """The fingerprint is what `sha1sum conf/passkey` prints."""
    path = write(tmp_path / "passkey", KEY + b"\n")
    program = shutil.which("sha1sum")
    assert program is not None
    printed = subprocess.run([program, path], capture_output=True, check=True, text=True).stdout
    assert one(str(path)).fingerprint == printed[:40]


def test_a_label_of_ones_own(tmp_path: Path) -> None:
    """`LABEL=REF` names the key."""
    path = write(tmp_path / "passkey", KEY)
    key = one(f"old={path}")
    assert (key.label, key.reference) == ("old", str(path))


def test_a_path_with_an_equals_sign_is_a_path(tmp_path: Path) -> None:
    """An existing path is never split at its `=`."""
    assert one(str(write(tmp_path / "a=b" / "c=d", KEY))).label == "c=d"


def test_commands_with_an_equals_sign_are_not_split() -> None:
    """The `=` in a scheme's text is no label's end, after a label it is."""
    assert split_label("cmd:vault read -field=key x") == ("", "cmd:vault read -field=key x")
    assert split_label("old=cmd:vault read -field=key x") == ("old", "cmd:vault read -field=key x")


def test_a_pasted_key_is_not_repeated() -> None:
    """A key in place of a reference is refused, and no part of it shows."""
    for pasted in (
        "6EdU6IWsCtMEwk0kPKflQQ==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "old=hunter2",
        "AAEC" * 2000,
    ):
        with pytest.raises(SecretReferenceError) as error:
            read_key_files(pasted)
        assert not any(part in error.value.message + error.value.hint for part in ("6EdU", "AAEC", "hunter2"))


@pytest.mark.parametrize(
    ("content", "mode", "remark"),
    [
        (KEY, 0o644, "open to others"),
        (KEY, 0o620, "open to others"),
        (KEY + b"\n", 0o600, "newline"),
        (b"\xef\xbb\xbf" + KEY.hex().encode(), 0o600, "byte-order mark of utf-8"),
        (KEY[:20], 0o600, "20 bytes: not an AES key"),
    ],
)
def test_what_is_unusual_is_said(tmp_path: Path, content: bytes, mode: int, remark: str) -> None:
    """Rights, marks, newlines and lengths are remarked on, and the content stays as it is."""
    key = one(str(write(tmp_path / "passkey", content, mode)))
    assert any(remark in said for said in key.remarks)
    assert key.content.reveal() == content


def test_a_name_that_is_no_text_is_escaped(tmp_path: Path) -> None:
    """A file whose name is no UTF-8 is read, and its label can be written to any output."""
    for name in (b"pass\xffkey", b"empty\xff"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(
            KEY[: 32 * name.startswith(b"pass")]
        )
    unread, key = read_key_files(str(tmp_path))
    assert isinstance(key, KeyFile)
    assert isinstance(unread, Unread)
    assert (key.label, unread.path) == ("pass\\xffkey", f"{tmp_path}/empty\\xff")
    assert key.reference.isprintable()
    assert one(os.fsdecode(os.fsencode(tmp_path) + b"/pass\xffkey")).label == "pass\\xffkey"


def test_a_link_is_said(tmp_path: Path) -> None:
    """A symbolic link is read, and said to be one."""
    write(tmp_path / "real", KEY)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert any("symbolic link" in said for said in one(str(tmp_path / "link")).remarks)


def test_an_empty_file_is_no_key(tmp_path: Path) -> None:
    """An empty file is reported with its reason and ends nothing."""
    path = write(tmp_path / "passkey", b"")
    (unread,) = read_key_files(str(path))
    assert isinstance(unread, Unread)
    assert "empty" in unread.reason


def test_a_folder_means_every_file_below_it(tmp_path: Path) -> None:
    """A folder gives its files, ordered and distinctly labelled, and says what it left out."""
    write(tmp_path / "2020" / "passkey", KEY)
    write(tmp_path / "2019" / "passkey", KEY[:16])
    write(tmp_path / "zzz", KEY[:24])
    write(tmp_path / ".hidden", KEY)
    write(tmp_path / ".git" / "x", KEY)
    write(tmp_path / "huge", bytes(MAX_SECRET_BYTES + 1))
    write(tmp_path / "nothing", b"")
    (tmp_path / "2019" / "up").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    found = read_key_files(str(tmp_path))
    keys = [each for each in found if isinstance(each, KeyFile)]
    unread = {Path(each.path).name: each.reason for each in found if isinstance(each, Unread)}
    assert [key.label for key in keys] == ["2019/passkey", "2020/passkey", "zzz"]
    assert list(unread) == [".git", ".hidden", "up", "dangling", "huge", "nothing"]
    assert all(unread.values())
    labelled = [each.label for each in read_key_files(f"old={tmp_path}") if isinstance(each, KeyFile)]
    assert labelled == [f"old/{key.label}" for key in keys]


def test_a_key_shows_itself_nowhere(tmp_path: Path) -> None:
    """Neither a key file's `repr` nor its remarks hold a byte of the key."""
    for content in (MARKER, MARKER + b"\n", MARKER * 2):
        key = one(str(write(tmp_path / "passkey", content, 0o644)))
        assert MARKER.decode() not in repr(key)
        assert MARKER.hex() not in repr(key)


def test_a_command_is_named_by_its_first_word() -> None:
    """The arguments of a command may hold a token: they are not repeated."""
    (key,) = read_key_files("cmd:printf hunter2hunter2xx", allow_commands=True)
    assert isinstance(key, KeyFile)
    assert (key.label, key.reference) == ("cmd", "cmd:printf …")
    assert key.content == Secret(b"hunter2hunter2xx")


def test_keys_from_elsewhere_have_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is labelled by its name, a descriptor by its number, an answer as what it is."""
    reader, writer = os.pipe()
    os.write(writer, KEY)
    os.close(writer)
    monkeypatch.setenv("OLD_KEY", "k" * 32)
    found = [
        *read_key_files("env:OLD_KEY"),
        *read_key_files(f"fd:{reader}"),
        *read_key_files("prompt", prompt=lambda _: "k" * 16),
        *read_key_files("mine=prompt", prompt=lambda _: "k" * 16),
    ]
    os.close(reader)
    labels = [key.label for key in found if isinstance(key, KeyFile)]
    assert labels == ["OLD_KEY", f"fd {reader}", "prompt", "mine"]


def test_a_single_file_that_is_too_large(tmp_path: Path) -> None:
    """One oversized key file is reported and ends nothing; a variable that is missing is wrong usage."""
    (unread,) = read_key_files(f"old={write(tmp_path / 'log', bytes(MAX_SECRET_BYTES + 1))}")
    assert isinstance(unread, Unread)
    assert "64 KB" in unread.reason
    with pytest.raises(SecretReferenceError):
        read_key_files("env:NO_SUCH_VARIABLE")


def test_folders_may_be_deep(tmp_path: Path) -> None:
    """A thousand folders in each other are walked like any others, and as deep as the system allows."""
    depth = 1200
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("passkey").write_bytes(KEY)
    finally:
        os.chdir(before)
    (key,) = read_key_files(str(tmp_path))
    # pytest itself cannot remove folders as deep as that.
    subprocess.run(["rm", "-r", tmp_path / "d"], check=True)
    assert isinstance(key, KeyFile)
    assert key.label == "d/" * depth + "passkey"


def test_a_fifo_in_a_folder_is_not_opened(tmp_path: Path) -> None:
    """A FIFO without a writer would hang forever: it is left out."""
    os.mkfifo(tmp_path / "pipe")
    (unread,) = read_key_files(str(tmp_path))
    assert isinstance(unread, Unread)
    assert unread.reason == "not a regular file"
