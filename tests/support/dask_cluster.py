"""A real Dask cluster: a scheduler and workers, each a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """A running cluster.

    Attributes:
        url: of its scheduler.
        scheduler: its process.
        workers: theirs; nothing starts them again.
    """

    url: str
    scheduler: "subprocess.Popen[bytes]"
    workers: list["subprocess.Popen[bytes]"]


@contextmanager
def dask_cluster(
    folder: Path, *, workers: int = 2, environment: Mapping[str, str] | None = None
) -> Iterator[DaskCluster]:
    """A cluster for a while. Its workers' working directory is `folder`, not that of the tests."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    url = f"tcp://127.0.0.1:{port}"
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    variables = quiet | {"PYTHONWARNINGS": "default"} | dict(environment or {})
    log = (folder / "dask.log").open("wb")

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        return subprocess.Popen(
            command, cwd=folder, env=variables, stdout=log, stderr=log, start_new_session=True
        )

    options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
    begun = [start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    try:
        begun += [start("worker", url, *options) for _ in range(workers)]
        if workers:  # one that has not joined when it is stopped or killed would lose nothing
            with Client(url, timeout=START_SECONDS, set_as_default=False) as client:  # type: ignore[no-untyped-call]  # Dask's
                client.wait_for_workers(workers, timeout=START_SECONDS)
        yield DaskCluster(url, begun[0], begun[1:])
    finally:
        for process in reversed(begun):
            process.kill()
            process.wait()
        log.close()
