"""Secret references: the place where a secret is, never the secret itself."""

import os
import shlex
import subprocess
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, assert_never

from parsers.errors import SecretReferenceError
from parsers.secret import Secret

Prompt = Callable[[str], str]
"""Asks the person for a secret without echo; its argument is the question."""

MAX_SECRET_BYTES: Final = 65_536
"""No key file, password or configuration file that this program reads comes near it."""

FORMS_HINT: Final = (
    "a reference is a path, file:PATH, env:NAME, fd:N, prompt or cmd:COMMAND, never the secret itself"
)


class Place(StrEnum):
    """The kinds of place that a reference can name."""

    FILE = "file"
    ENVIRONMENT = "env"
    DESCRIPTOR = "fd"
    PROMPT = "prompt"
    COMMAND = "cmd"


def split_reference(reference: str) -> tuple[Place, str]:
    """The kind of place, and what follows: `env:TOKEN` is (ENVIRONMENT, "TOKEN"); a bare path is a FILE."""
    if reference == Place.PROMPT:
        return Place.PROMPT, ""
    scheme, colon, rest = reference.partition(":")
    if colon and scheme in set(Place) - {Place.PROMPT}:
        return Place(scheme), rest
    return Place.FILE, reference


def resolve(reference: str, *, prompt: Prompt | None = None, allow_commands: bool = False) -> Secret:
    """The bytes at the place that `reference` names, exactly as they are there.

    Args:
        reference: a path, `file:PATH`, `env:NAME`, `fd:N`, `prompt` or `cmd:COMMAND`.
        prompt: how to ask; without it `prompt` is refused.
        allow_commands: whether `cmd:` may start a program, which only the person's own words may ask for.

    Raises:
        SecretReferenceError: the place does not exist, holds too much or is not allowed, or the command
            failed. The message repeats the reference only where it can't be the secret itself.
    """
    place, rest = split_reference(reference)
    match place:
        case Place.FILE:
            content = _from_file(rest)
        case Place.ENVIRONMENT:
            content = _from_environment(rest)
        case Place.DESCRIPTOR:
            content = _from_descriptor(rest)
        case Place.PROMPT:
            content = _from_prompt(prompt)
        case Place.COMMAND:
            content = _from_command(rest, allowed=allow_commands)
        case _:
            assert_never(place)
    if len(content) > MAX_SECRET_BYTES:
        raise SecretReferenceError(
            f"{_named(place, rest)} is larger than {MAX_SECRET_BYTES // 1024} KB: no secret"
        )
    return Secret(content)


def text_secret(reference: str, *, prompt: Prompt | None = None, allow_commands: bool = False) -> Secret:
    """As `resolve`, for passwords: one line end is cut, which editors and `echo` add.

    Raises:
        SecretReferenceError: as `resolve`, and if there is nothing, or a line end alone.
    """
    content = resolve(reference, prompt=prompt, allow_commands=allow_commands).reveal()
    text = content.removesuffix(b"\n").removesuffix(b"\r") if content.endswith(b"\n") else content
    if not text:
        raise SecretReferenceError(f"{_named(*split_reference(reference))} holds nothing")
    return Secret(text)


def _named(place: Place, rest: str) -> str:
    """A place that was read, in words that are safe to print: of a command only the program."""
    match place:
        case Place.FILE:
            return repr(rest)
        case Place.PROMPT:
            return "the prompt"
        case Place.COMMAND:
            return f"the output of {rest.split(maxsplit=1)[0]!r}"
        case Place.ENVIRONMENT | Place.DESCRIPTOR:
            return f"{place}:{rest}"
        case _:
            assert_never(place)


def _limited(stream: BinaryIO) -> bytes:
    """At most one byte more than the limit, so that the caller sees that there is more."""
    return stream.read(MAX_SECRET_BYTES + 1)


def _from_file(path: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            return _limited(stream)
    except FileNotFoundError:
        raise SecretReferenceError(f"no such file: {_shown(path)}", hint=FORMS_HINT) from None
    except (OSError, ValueError) as error:
        # The library's message repeats what was typed, which may be the secret: so its cause is cut off.
        raise SecretReferenceError(f"cannot read {_shown(path)}: {_reason(error)}", hint=FORMS_HINT) from None


def _shown(path: str) -> str:
    """What was typed as a path, quoted if the disk proves that it is one, else by its length alone."""
    try:
        folder = Path(path).parent
        proven = Path(path).exists() or (folder not in {Path(), Path("/")} and folder.is_dir())
    except (OSError, ValueError):  # a name that is too long, or has a NUL in it
        proven = False
    return repr(path) if proven else f"{len(path)} characters, not shown in case they are the secret itself"


def _reason(error: OSError | ValueError) -> str:
    cause = error.strerror if isinstance(error, OSError) else None
    return (cause or "not a possible name").lower()


def _from_environment(name: str) -> bytes:
    value = os.environ.get(name)
    if value is None:
        raise SecretReferenceError(
            f"no such environment variable (a name of {len(name)} characters)", hint=FORMS_HINT
        )
    return os.fsencode(value)


def _from_descriptor(number: str) -> bytes:
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise SecretReferenceError(
            "fd: takes the number of an open file descriptor", hint="for example fd:3 3<passkey"
        )
    try:
        with os.fdopen(int(number), "rb", closefd=False) as stream:
            return _limited(stream)
    except OSError as error:
        raise SecretReferenceError(
            f"cannot read fd:{number}: {_reason(error)}", hint="for example fd:3 3<passkey"
        ) from None


def _from_prompt(prompt: Prompt | None) -> bytes:
    if prompt is None:
        raise SecretReferenceError(
            "nobody can be asked here", hint="take a path, env:NAME or fd:N instead of prompt"
        )
    return os.fsencode(prompt("Secret: "))


def _from_command(command: str, *, allowed: bool) -> bytes:
    if not allowed:
        raise SecretReferenceError(
            "cmd: is not allowed here", hint="it works on the command line and in your own settings"
        )
    try:
        words = shlex.split(command)
    except ValueError:
        raise SecretReferenceError("cmd: has a quote that is not closed") from None
    if not words:
        raise SecretReferenceError("cmd: names no command")
    try:
        # The words are the person's own and no shell sees them; its standard error is for the person.
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        raise SecretReferenceError(f"cannot start {words[0]!r}: {_reason(error)}") from None
    if done.returncode != 0:
        raise SecretReferenceError(f"{words[0]!r} ended with exit code {done.returncode}")
    return done.stdout
