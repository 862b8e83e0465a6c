"""A Dask cluster as an executor (the extra `cluster`)."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from parsers.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

INSTALL_HINT: Final = "install the extra: pip install 'passkey-audit[cluster]'"

_LOOK: Final = 1.0
"""Seconds between looks at whether there are workers; the client knows without asking."""

_SECONDS: Final = 10
"""To reach the scheduler, and for a first worker to appear."""


@contextmanager
def dask_executor(url: str, *, patience: float = 120) -> Iterator[Executor]:
    """The workers of the scheduler at `url` (`tcp://host:8786`, `tls://…`) for a while.

    Certificates and whatever else Dask needs come from Dask's own configuration. Tasks of a worker that is
    lost are done again by others; where there has been none for `patience` seconds, all tasks that are left
    are cancelled, which Dask by itself would not do.

    Raises:
        ClusterError: Dask is not installed, nothing answers, there are no workers, or they have another
            version of this program.
    """
    if ":" in urlsplit(url).netloc.rpartition("@")[0]:
        raise ClusterError(
            "the cluster's URL holds a password, which every user of this machine could see",
            hint="Dask takes certificates from its own configuration: tls://host:8786",
        )
    try:
        from distributed import Client
        from distributed.comm.addressing import parse_address
        from distributed.comm.registry import get_backend
    except ImportError as error:
        raise ClusterError(
            "--cluster needs distributed, which is not installed", hint=INSTALL_HINT
        ) from error
    for name in ("distributed", "distributed.client", "tornado"):
        # What is lost is reported by rows of its own, not by tracebacks in between.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        get_backend(parse_address(url)[0])  # a client of no known protocol would be long in closing
        client = Client(url, timeout=_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]  # Dask's
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {url}: {type(error).__name__}",
            hint="a scheduler prints its address when it starts, such as tcp://host:8786",
        ) from error
    ended = threading.Event()
    with client:
        _check_workers(client)
        watch = threading.Thread(target=_watch, args=(client, patience, ended), name="cluster-watch")
        watch.start()
        try:
            # Files may have changed since the last run: no task is the same as one before.
            yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]  # Dask's
        finally:
            ended.set()
            watch.join()


def _watch(client: "Client", patience: float, ended: threading.Event) -> None:
    """Close the client, and with it whatever waits, once there have been no workers for so long."""
    alone = 0.0
    while not ended.wait(_LOOK):
        alone = 0.0 if client.scheduler_info()["workers"] else alone + _LOOK
        if alone >= patience:
            client.close()  # type: ignore[no-untyped-call]  # Dask's
            return


def _check_workers(client: "Client") -> None:
    ours = installed_version()
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
        theirs = set(client.run(installed_version).values())
    except TimeoutError as error:
        raise ClusterError("the cluster has no workers") from error
    except Exception as error:  # whatever a worker raises that does not know this function
        raise ClusterError(
            f"the cluster's workers cannot run passkey-audit: {type(error).__name__}", hint=_same(ours)
        ) from error
    if theirs != {ours}:
        raise ClusterError(
            f"the cluster's workers have passkey-audit {', '.join(sorted(theirs))}", hint=_same(ours)
        )


def _same(ours: str) -> str:
    return f"install passkey-audit {ours} where the workers run, in their environment"


def installed_version() -> str:
    """Of this program, where it is called."""
    return version("passkey-audit")
