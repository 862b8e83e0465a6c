"""The program killed, or stopped, at its N-th system call of a kind."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.program import PROGRAM
from tests.support.programs import need


def traced(
    calls: str,
    injection: str,
    arguments: Sequence[str],
    *,
    paths: Sequence[Path] = (),
    trace: str = "/dev/null",
) -> list[str]:
    """The program under strace, which notes these calls and does with them what `injection` says.

    Args:
        calls: names of system calls, with commas between.
        injection: `signal=SIGKILL:when=3`, say; or "".
        arguments: of the program.
        paths: if there are any, only calls about these files count.
        trace: the file to note them in.
    """
    injected = ["-e", f"inject={calls}:{injection}"] if injection else []
    only = [word for path in paths for word in ("-P", str(path))]
    return [
        need("strace"), "-f", "-qqq", "-s", "200", "-o", trace, "-e", f"trace={calls}",
        *injected, *only, sys.executable, str(PROGRAM), *arguments,
    ]  # fmt: skip


def killed_at(number: int, calls: str, arguments: Sequence[str], *, paths: Sequence[Path] = ()) -> bool:
    """Run it to its end, or up to its N-th call of these kinds; whether it was killed there."""
    command = traced(calls, f"signal=SIGKILL:when={number}", arguments, paths=paths)
    ended = subprocess.run(command, env=quick(), capture_output=True, check=False, timeout=120)
    if ended.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}:
        return True
    assert ended.returncode in {0, 10}, ended.stderr.decode()
    return False


def quick() -> dict[str, str]:
    """An environment in which a process that is killed does not measure coverage."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
