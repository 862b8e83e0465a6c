"""The program killed at its N-th system call of a kind.

Each run is the fork of a process that has imported everything: so a run takes tenths of a second, and strace
sees nothing of the start.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.programs import need

_FORKS: Final = """
import os, shlex, signal, sys
import audit.reencryption.safe_order, audit.reencryption.undo, polars, psycopg, pymysql
import sqlalchemy.dialects.mysql.pymysql
import sqlalchemy.dialects.postgresql.psycopg, sqlalchemy.dialects.sqlite.pysqlite
from audit.cli.app import main
for line in sys.stdin:
    child = os.fork()
    if not child:
        sys.stdin = open(os.devnull)
        sys.argv[1:] = shlex.split(line)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.kill(os.getpid(), signal.SIGSTOP)
        main()
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Runs:
    """Runs of the program, one after the other."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def killed_at(
        self, number: int, calls: str, arguments: Sequence[str], *, paths: Sequence[Path] = ()
    ) -> bool:
        """Run it to its end, or up to its N-th call of these kinds; whether it was killed there.

        Args:
            number: from 1.
            calls: names of system calls, with commas between.
            arguments: of the program.
            paths: if there are any, only calls about these files count.
        """
        injection = f"inject={calls}:signal=SIGKILL:when={number}"
        code = self._traced(calls, ["-e", injection], arguments, paths, "/dev/null")
        assert code in {-signal.SIGKILL, 0, 10}, code
        return code == -signal.SIGKILL

    def calls_of(self, calls: str, arguments: Sequence[str], trace: Path) -> list[str]:
        """The calls of these kinds that a run makes, in their order, each as strace writes it."""
        self._traced(calls, [], arguments, (), str(trace))
        return [line for line in trace.read_text().splitlines() if "(" in line]

    def _traced(
        self, calls: str, injected: list[str], arguments: Sequence[str], paths: Sequence[Path], trace: str
    ) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join(arguments) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        _wait_for_stop(child)
        only = [word for path in paths for word in ("-P", str(path))]
        command = [need("strace"), "-f", "-s", "200", "-o", trace, "-e", f"trace={calls}", *injected, *only]
        with subprocess.Popen([*command, "-p", str(child)], stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr
            assert "attached" in strace.stderr.readline()
            threading.Thread(target=strace.stderr.read, daemon=True).start()
            os.kill(child, signal.SIGCONT)
            return int(self._process.stdout.readline())


@contextmanager
def runs() -> Iterator[Runs]:
    """What starts them; a process that may be killed measures no coverage."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    with subprocess.Popen(
        [sys.executable, "-c", _FORKS],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        try:
            yield Runs(process)
        finally:
            process.kill()


def _wait_for_stop(child: int) -> None:
    """Until the fork has stopped itself: only its own parent could wait for that."""
    while Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.001)
