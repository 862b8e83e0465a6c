"""References and other plain options, turned into what the readers take."""

import os
import signal
import sys
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from parsers.errors import SecretReferenceError
from parsers.keys.reference import text_secret
from parsers.secret import Secret


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prompt_without_echo(what: str, *, empty: str | None = None) -> str:
    """Ask the terminal for a secret; `empty` is what Enter alone stands for, if it may stand for anything.

    Raises:
        SecretReferenceError: there is none.
    """
    if not (sys.stdin and sys.stdin.isatty()) and not _has_terminal():
        raise SecretReferenceError(
            "nobody can be asked: there is no terminal", hint="take a path, env:NAME or fd:N instead"
        )
    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(
            signal.SIGINT, True
        )  # polars has calls go on after it: Ctrl-C would wait for Enter
    answer: str = typer.prompt(
        what.removesuffix(": "), default=empty, show_default=False, hide_input=True, err=True
    )
    return answer


def _has_terminal() -> bool:
    """Whether this process belongs to one, wherever its standard input comes from."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def secrets_of(references: Iterable[str] | None) -> list[Secret]:
    """Passwords, each by reference.

    Raises:
        SecretReferenceError: one names nothing that could be read.
    """
    return [
        text_secret(reference, prompt=prompt_without_echo, allow_commands=True)
        for reference in references or ()
    ]


def today() -> date:
    """The day here, by the system's clock and zone."""
    return datetime.now().astimezone().date()


def zone_of(name: str | None) -> tzinfo | None:
    """The zone of this name in the IANA database.

    Raises:
        BadParameter: there is none.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a name too long for a file
        raise typer.BadParameter(f"{name!r} is no time zone", param_hint="--timezone") from None
