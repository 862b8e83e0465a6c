"""The outermost frame: every error becomes one line and an exit code."""

import gc
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import typer
import typer.core
from typer.exceptions import Abort, Exit, TyperException

from audit.errors import AuditError
from audit.exit_codes import ExitCode
from parsers.errors import ParsersError
from reports.errors import ReportsError

_NO_BETTER_HINT: Final = "--help after a command lists its options"


class Commands(typer.core.TyperGroup):
    """The group of all commands."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """As typer does; `--help` and `--version` print from here."""
        with _outermost():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:  # Any: typer's own signature, its context class is private
        """Run a command; nothing that it raises gets past here but usage errors and exits."""
        if not gc.isenabled():
            gc.freeze()  # what was imported stays: looking for garbage among it costs a tenth of the start
            gc.enable()
        with _outermost():
            result = super().invoke(ctx)
            sys.stdout.flush()
        return result


@contextmanager
def _outermost() -> Iterator[None]:
    _standard_streams()
    try:
        yield
    except (TyperException, Exit):
        raise
    except (AuditError, ParsersError, ReportsError) as error:
        raise fail(error.message, error.hint) from None
    except BrokenPipeError:
        _close_quietly()
        raise Exit(ExitCode.OUTPUT_CLOSED) from None
    except (KeyboardInterrupt, Abort):  # a prompt turns Ctrl-C and Ctrl-D into Abort
        raise Exit(ExitCode.INTERRUPTED) from None
    except (OSError, MemoryError) as error:
        raise fail(_reason(error), "") from None
    except Exception as error:  # noqa: BLE001  # the outermost frame: a traceback could show foreign data
        raise fail(*_unexpected(error)) from None


def _standard_streams() -> None:
    """Replace a closed one: otherwise the next file to be opened would get its descriptor, and its output."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    if sys.stdout is None:
        raise Exit(ExitCode.OUTPUT_CLOSED)


def fail(message: str, hint: str) -> Exit:
    """Print what went wrong and what to do about it; the exit to raise."""
    from reports.terminal import visible

    _flush_or_drop()
    typer.echo(f"error: {visible(message)}", err=True)
    typer.echo(f"hint: {visible(hint or _NO_BETTER_HINT)}", err=True)
    return Exit(ExitCode.FAILED)


def _unexpected(error: Exception) -> tuple[str, str]:
    """A fault of this program: where it happened, but not the message, which may hold foreign data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return (
        f"unexpected {type(error).__name__} at {where}",
        "this is a fault of passkey-audit: please report it",
    )


def _reason(error: OSError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory"
    reason = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {reason}" if error.filename else reason


def _flush_or_drop() -> None:
    """What cannot be written now would only fail again when the interpreter ends, with a code of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        _close_quietly()


def _close_quietly() -> None:
    """Whoever read our output has gone, or cannot take it; what is still buffered has nowhere to go."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
