import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import SecretReferenceError
from parsers.keys.reference import MAX_SECRET_BYTES, Place, resolve, split_reference, text_secret

MARKER = "c2VjcmV0LW1hcmtlci1vZi1hLWtleS0zMi1ieXRlcyE="


def said(error: pytest.ExceptionInfo[SecretReferenceError]) -> str:
    return f"{error.value.message} {error.value.hint} {error.getrepr(chain=True, showlocals=False)}"


def test_a_path_and_file_give_the_bytes_as_they_are(tmp_path: Path) -> None:
    """A path and `file:` give every byte of the file, line ends included."""
    (tmp_path / "passkey").write_bytes(b"\x00\xffkey\r\n")
    assert resolve(str(tmp_path / "passkey")).reveal() == b"\x00\xffkey\r\n"
    assert resolve(f"file:{tmp_path / 'passkey'}").reveal() == b"\x00\xffkey\r\n"


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """`env:` gives the variable's value."""
    monkeypatch.setenv("A_KEY", MARKER)
    assert resolve("env:A_KEY").reveal() == MARKER.encode()


def test_a_file_descriptor() -> None:
    """`fd:` reads to the end of the descriptor and leaves it open."""
    reader, writer = os.pipe()
    os.write(writer, b"from a pipe\n")
    os.close(writer)
    try:
        assert resolve(f"fd:{reader}").reveal() == b"from a pipe\n"
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def test_the_prompt_is_asked() -> None:
    """`prompt` gives what the person types."""
    assert resolve("prompt", prompt=lambda _: "pässword").reveal() == "pässword".encode()


def test_a_command_gives_its_output(tmp_path: Path) -> None:
    """`cmd:` starts the program without a shell: its output counts, and `$(…)` stays inert."""
    script = "import sys; sys.stdout.write(sys.argv[1])"
    touched = tmp_path / "touched"
    output = resolve(f"cmd:{sys.executable} -c '{script}' '$(touch {touched})'", allow_commands=True)
    assert output.reveal() == f"$(touch {touched})".encode()
    assert not touched.exists()


@pytest.mark.parametrize(
    "reference",
    [
        "prompt",
        "cmd:true",
        "env:",
        f"env:{MARKER}",
        "fd:",
        "fd:-1",
        "fd:x",
        "fd:987654",
        MARKER,
        f"file:{MARKER}",
        f"/{MARKER}",
        "",
        "hunter2",
        "a\0b",
        "x" * 5000,
    ],
)
def test_what_names_no_place_is_refused_unseen(reference: str) -> None:
    """A reference that leads nowhere is an error with a hint, which never repeats what may be a secret."""
    with pytest.raises(SecretReferenceError) as error:
        resolve(reference)
    assert error.value.hint
    assert MARKER not in said(error)
    assert "hunter2" not in error.value.message


def test_a_mistyped_path_is_shown(tmp_path: Path) -> None:
    """A path whose folder exists is plainly a path: the message quotes it."""
    with pytest.raises(SecretReferenceError, match="paskey"):
        resolve(str(tmp_path / "paskey"))


FAILING = f"{sys.executable} -c 'raise SystemExit(3)' {MARKER}"


@pytest.mark.parametrize("command", ["", "'", f"/no/such/program {MARKER}", FAILING])
def test_a_failing_command_is_an_error(command: str) -> None:
    """A command that can't be read, started, or fails gives an error without its arguments."""
    with pytest.raises(SecretReferenceError) as error:
        resolve(f"cmd:{command}", allow_commands=True)
    assert MARKER not in error.value.message


def test_too_much_is_refused(tmp_path: Path) -> None:
    """More than 64 KB is no secret; an endless device is not read to the end."""
    (tmp_path / "big").write_bytes(bytes(MAX_SECRET_BYTES + 1))
    with pytest.raises(SecretReferenceError, match="64 KB"):
        resolve(str(tmp_path / "big"))
    with pytest.raises(SecretReferenceError, match="64 KB"):
        resolve("/dev/zero")
    with pytest.raises(SecretReferenceError, match="64 KB"):
        resolve("cmd:head -c 70000 /dev/zero", allow_commands=True)
    with pytest.raises(SecretReferenceError, match="the prompt"):
        resolve("prompt", prompt=lambda _: "x" * 70_000)


@given(st.binary(min_size=1, max_size=40).filter(lambda text: not text.endswith(b"\n")))
def test_a_text_secret_loses_one_line_end(text: bytes) -> None:
    """One line end is cut, LF or CRLF, and nothing else: a text without one comes back whole."""
    for written, expected in [(text, text), (text + b"\n\n", text + b"\n")]:
        assert _through_pipe(written) == expected
    assert _through_pipe(text + b"\r\n") == text


def _through_pipe(content: bytes) -> bytes:
    reader, writer = os.pipe()
    try:
        os.write(writer, content)
        os.close(writer)
        return text_secret(f"fd:{reader}").reveal()
    finally:
        os.close(reader)


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
def test_no_text_is_no_secret(tmp_path: Path, content: bytes) -> None:
    """An empty password file is an error, not an empty password."""
    (tmp_path / "password").write_bytes(content)
    with pytest.raises(SecretReferenceError, match="nothing"):
        text_secret(str(tmp_path / "password"))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("C:\\keys\\passkey", (Place.FILE, "C:\\keys\\passkey")),
        ("prompt:x", (Place.FILE, "prompt:x")),
        ("file:env:X", (Place.FILE, "env:X")),
        ("cmd:pass show x", (Place.COMMAND, "pass show x")),
    ],
)
def test_what_is_no_scheme_is_a_path(reference: str, expected: tuple[Place, str]) -> None:
    """Only the named schemes are schemes: a drive letter is part of a path."""
    assert split_reference(reference) == expected
