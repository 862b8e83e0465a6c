"""Ctrl-C while threads read."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from audit.exit_codes import ExitCode

_SHOW_CURSOR = b"\x1b[?25h\n"


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Within, Ctrl-C ends the program without waiting for its threads.

    One of them may sit in a read that never ends: a terminal, a pipe, a share that hangs. Nothing is cleaned
    up, so this is only for times in which nothing is written.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # ignored, as under nohup
        yield
        return
    signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def heed_at_questions() -> None:
    """From here on Ctrl-C ends a question: under the handler that polars puts up, a read would go on."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else ignored, as under nohup
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_number: int, _frame: object) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)  # a progress bar hides it
    os._exit(ExitCode.INTERRUPTED)
