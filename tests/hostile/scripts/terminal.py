"""A script run on a terminal of its own, and someone who answers its questions."""

import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PATIENCE: Final = 30.0
"""Seconds that a script may take to its next question, or to its end."""
CTRL_C: Final = "\x03"
_MOMENT: Final = 0.5
"""Seconds in which a program that has asked begins to read: nobody is quicker to think better of it."""
# The leader of a session gets the first terminal that it opens as its own.
_ON_TERMINAL: Final = 'exec 4<>"$1"; exec 4<&-; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Session:
    """What the terminal showed, the exit code, and whether the terminal shows typing again."""

    code: int
    screen: str
    echo: bool


def run_on_terminal(
    command: Sequence[str | Path],
    answers: Sequence[tuple[str, str]],
    env: Mapping[str, str],
    cwd: Path,
    *,
    of_session: bool = True,
) -> Session:
    """Runs it to its end; each answer is typed as soon as its question stands at the end of the screen.

    The terminal is the session's, and standard input is something else; or only standard input is one.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["sh", "-c", _ON_TERMINAL, "sh", os.ttyname(theirs), *command] if of_session else command,
        stdin=subprocess.DEVNULL if of_session else theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        cwd=cwd,
        start_new_session=True,
        # Whoever runs the tests in the background has Ctrl-C ignored, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no threads by then
    )
    try:
        screen = _converse(process, ours, answers)
        echo = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
        return Session(process.wait(), screen.decode().replace("\r\n", "\n"), echo)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def _converse(process: "subprocess.Popen[bytes]", terminal: int, answers: Sequence[tuple[str, str]]) -> bytes:
    screen, seen, waiting = b"", 0, list(answers)
    deadline = time.monotonic() + _PATIENCE
    while True:
        ended = process.poll() is not None
        if select.select([terminal], [], [], 0 if ended else 0.01)[0]:
            screen += os.read(terminal, 65536)
        elif ended:
            assert not waiting, f"never asked {waiting[0][0]!r}: {screen.decode()}"
            return screen
        if waiting and screen[seen:].decode(errors="replace").endswith(waiting[0][0]):
            seen = len(screen)
            if waiting[0][1] == CTRL_C:
                time.sleep(_MOMENT)
            os.write(terminal, waiting.pop(0)[1].encode())
            deadline = time.monotonic() + _PATIENCE
        assert time.monotonic() < deadline, f"still waits: {screen.decode()!r}, {waiting[:1]}"
