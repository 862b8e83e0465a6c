"""The program on a terminal of its own."""

import os
import pty
import struct
import subprocess
import termios
import time
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path

from tests.support.program import ESTATE, PROGRAM
from tests.support.programs import need


def on_a_terminal(
    *arguments: str | Path, cwd: Path = ESTATE, out: Path | None = None, typed: bytes = b""
) -> tuple[int, bytes]:
    """Exit code, and everything that the terminal got.

    Args:
        arguments: of the program.
        cwd: where it runs.
        out: where its standard output goes, if not to the terminal.
        typed: what somebody types as soon as the terminal does not show it.
    """
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    stdout = os.open(out, os.O_WRONLY | os.O_CREAT, 0o600) if out else follower
    with subprocess.Popen(
        [
            need("setsid"),
            "--ctty",
            "--wait",
            PROGRAM,
            *arguments,
        ],  # else it would ask the tester's own terminal
        cwd=cwd,
        stdin=follower,
        stdout=stdout,
        stderr=follower,
        env=os.environ | {"TERM": "xterm-256color"},
    ) as process:
        os.close(follower)
        if out:
            os.close(stdout)
        shown = b""
        if typed:
            while termios.tcgetattr(leader)[3] & termios.ECHO and process.poll() is None:
                time.sleep(0.02)
            os.write(leader, typed)
        with suppress(OSError):  # Linux says EIO when the program has closed its end
            while piece := os.read(leader, 65_536):
                shown += piece
        os.close(leader)
    return process.returncode, shown
