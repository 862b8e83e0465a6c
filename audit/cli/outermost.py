"""The outermost frame: every error becomes one line and an exit code."""

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import typer
import typer.core
from typer.exceptions import Abort, Exit, TyperException

from audit.errors import AuditError
from audit.exit_codes import ExitCode
from parsers.errors import ParsersError
from reports.errors import ReportsError


class Commands(typer.core.TyperGroup):
    """The group of all commands."""

    def invoke(self, ctx: Any) -> Any:  # Any: typer's own signature, its context class is private
        """Run a command; nothing that it raises gets past here but usage errors and exits."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (TyperException, Exit, Abort):
            raise
        except (AuditError, ParsersError, ReportsError) as error:
            raise fail(error.message, error.hint) from None
        except BrokenPipeError:
            _close_quietly()
            raise Exit(ExitCode.OUTPUT_CLOSED) from None
        except KeyboardInterrupt:
            raise Exit(ExitCode.INTERRUPTED) from None
        except (OSError, MemoryError) as error:
            raise fail(str(error) or type(error).__name__, "") from None
        except Exception as error:  # noqa: BLE001  # the outermost frame: a traceback could show foreign data
            raise fail(*_unexpected(error)) from None
        return result


def fail(message: str, hint: str) -> Exit:
    """Say what went wrong, and what to do about it; the exit to raise."""
    from reports.terminal import visible

    typer.echo(f"error: {visible(message)}", err=True)
    if hint:
        typer.echo(f"hint: {visible(hint)}", err=True)
    return Exit(ExitCode.FAILED)


def _unexpected(error: Exception) -> tuple[str, str]:
    """A fault of this program: where it happened, but not what was said, which may hold foreign data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return (
        f"unexpected {type(error).__name__} at {where}",
        "this is a fault of passkey-audit: please report it",
    )


def _close_quietly() -> None:
    """Whoever read our output has gone; what is still buffered has nowhere to go."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
