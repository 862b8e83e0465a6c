"""Questions to the person at the terminal."""

import os
import signal
import sys

import typer

from audit.errors import ReencryptionError
from audit.run.references import Resolver
from parsers.errors import SecretReferenceError
from reports.terminal import visible


def prompt_without_echo(what: str, *, empty: str | None = None) -> str:
    """Ask the terminal for a secret; `empty` is what Enter alone means, if it may mean anything.

    Raises:
        SecretReferenceError: there is no terminal.
    """
    if not (sys.stdin and sys.stdin.isatty()) and not _has_terminal():
        raise SecretReferenceError(
            "cannot ask: there is no terminal", hint="take a path, env:NAME or fd:N instead"
        )
    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(
            signal.SIGINT, True
        )  # polars makes system calls restart after a signal: Ctrl-C would wait for Enter
    answer: str = typer.prompt(
        what.removesuffix(": "), default=empty, show_default=False, hide_input=True, err=True
    )
    return answer


def confirm(question: object) -> bool:
    """Ask whether to go on; anything but yes ends the program.

    Raises:
        ReencryptionError: there is no terminal.
        Abort: the answer was no.
    """
    if not sys.stdin.isatty():
        raise ReencryptionError("cannot ask: there is no terminal", hint="say --yes in scripts")
    _heed_interruption()
    return typer.confirm(visible(str(question)), abort=True, err=True)


RESOLVER = Resolver(prompt=prompt_without_echo, allow_commands=True)
"""The references that a person types, or keeps in settings of their own."""


def _has_terminal() -> bool:
    """Whether this process belongs to one, wherever its standard input comes from."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def _heed_interruption() -> None:
    """From here on Ctrl-C ends a question: under the handler that polars installs, a read would restart."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else ignored, as under nohup
        signal.signal(signal.SIGINT, signal.default_int_handler)
