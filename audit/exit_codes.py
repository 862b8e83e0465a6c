"""What the exit code says; the same for every command and format."""

from enum import IntEnum


class ExitCode(IntEnum):
    """0 to 10 by meaning; 130 and 141 as shells count signals.

    `INCOMPLETE` wins over `CLEAN` and `ATTENTION`: a partial answer says that it is partial.
    """

    CLEAN = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    ATTENTION = 10
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141


def exit_code(*, complete: bool, attention: bool) -> ExitCode:
    """The code of a run that came to its end."""
    if not complete:
        return ExitCode.INCOMPLETE
    return ExitCode.ATTENTION if attention else ExitCode.CLEAN
