"""The program killed, or stopped, at its N-th system call of a kind."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.program import PROGRAM
from tests.support.programs import need


def command_with(injection: str, arguments: Sequence[str], *, paths: Sequence[Path] = ()) -> list[str]:
    """The program under strace, which injects as `injection` says; on calls about `paths` alone, if any."""
    only = [word for path in paths for word in ("-P", str(path))]
    return [
        need("strace"), "-f", "--seccomp-bpf", "-qqq", "-o", "/dev/null", *only, "-e", f"inject={injection}",
        sys.executable, str(PROGRAM), *arguments,
    ]  # fmt: skip


def killed_at(number: int, calls: str, arguments: Sequence[str], *, paths: Sequence[Path] = ()) -> bool:
    """Run it to its end, or up to its N-th call of these kinds; whether it was killed there."""
    command = command_with(f"{calls}:signal=SIGKILL:when={number}", arguments, paths=paths)
    ended = subprocess.run(command, env=quick(), capture_output=True, check=False, timeout=120)
    if ended.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}:
        return True
    assert ended.returncode in {0, 10}, ended.stderr.decode()
    return False


def quick() -> dict[str, str]:
    """An environment in which a process that is killed does not measure coverage."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
