"""Logs → findings, by way of an executor whose workers may be other machines."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from parsers.archives.inputs import STANDARD_INPUT, InputFile, list_inputs
from parsers.archives.limits import DEFAULT as LIMITS
from parsers.archives.limits import Limits
from parsers.archives.remote.urls import check_urls
from parsers.archives.walk import map_streams
from parsers.errors import ClusterError, ParsersError
from parsers.keys.reference import Place, split_reference, text_secret
from parsers.logs.joining import LogReading, joined
from parsers.logs.leaf_reading import LeafReader, LeafReading
from parsers.logs.period import Period
from parsers.logs.phrase import Phrases
from parsers.logs.phrases import DEFAULT
from parsers.path_text import path_as_text
from parsers.progress import Progress, Silent
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker needs besides the paths: no open files, and no secrets.

    Attributes:
        phrases: to look for.
        folder: where relative paths begin.
        passwords: references, which the worker resolves itself: paths and `env:NAME` only.
        limits: the guards.
    """

    phrases: Phrases
    folder: str
    passwords: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Batch:
    """One task's share.

    Attributes:
        paths: inputs.
        size: bytes on disk, together.
    """

    paths: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class BatchSize:
    """When a batch is full: whichever comes first.

    A task costs some 7 ms on Dask, as much as 25 small archives do, so that as many are too few to gain;
    64 MiB on disk take half a second, and large archives should not wait for one another.
    """

    files: int = 100
    size: int = 64 << 20


FULL: Final = BatchSize()


def batches(files: Iterable[InputFile], full: BatchSize = FULL) -> Iterator[Batch]:
    """The files dealt out, in order."""
    paths: list[str] = []
    size = 0
    for file in files:
        paths.append(file.path)
        size += file.size
        if len(paths) >= full.files or size >= full.size:
            yield Batch(tuple(paths), size)
            paths, size = [], 0
    if paths:
        yield Batch(tuple(paths), size)


def search_batch(paths: tuple[str, ...], order: Order) -> list[LeafReading | Unread]:
    """What the worker does; the same as `read_logs` does with each stream.

    Raises:
        SecretReferenceError: a password's reference names nothing on this worker.
    """
    passwords = [text_secret(reference) for reference in order.passwords]
    reader = LeafReader(order.phrases)
    found = map_streams(
        paths, reader.read, jobs=1, passwords=passwords, limits=order.limits, folder=order.folder
    )
    return list(found)


_AHEAD: Final = 1000
"""Tasks that wait at most: a fleet stays busy, and a million files are not all handed over at once."""

_EVER: Final = Period()

Done = tuple[Batch, "Future[list[LeafReading | Unread]]"]


def read_logs_in_batches(
    inputs: Sequence[str],
    executor: Executor,
    *,
    phrases: Phrases = DEFAULT,
    system: str | None = None,
    period: Period = _EVER,
    passwords: Sequence[str] = (),
    limits: Limits = LIMITS,
    progress: Progress | None = None,
    full: BatchSize = FULL,
) -> LogReading:
    """As `read_logs`, and with the same answer; each task reads many archives.

    Folders are listed here. The workers open what is in them by the same paths or URLs. What a task does not
    return, its worker lost or the executor broken, is `unread` with every path of the task.

    Args:
        inputs: as of `read_logs`, without `-`.
        executor: takes tasks that can be pickled.
        phrases: the table.
        system: only this product's phrases.
        period: what findings are from.
        passwords: references to candidates for encrypted archives: paths and `env:NAME`, which each worker
            resolves itself, so that no secret travels.
        limits: the guards against hostile archives.
        progress: is informed of the bytes on disk that were read, task by task.
        full: how much one task takes.

    Raises:
        ArchiveError: as `read_logs`.
        ClusterError: standard input, or a reference that means nothing elsewhere.
        SecretReferenceError: a worker cannot resolve a reference.
    """
    if STANDARD_INPUT in inputs:
        raise ClusterError("standard input cannot be searched on a cluster", hint="name a file or a folder")
    check_urls(inputs)
    order = Order(phrases.of_system(system), str(Path.cwd()), tuple(map(_elsewhere, passwords)), limits)
    results = _results(inputs, executor, order, progress or Silent(), full)
    return joined(results, period)


def _elsewhere(reference: str) -> str:
    """The reference as it can be resolved on another machine."""
    place, rest = split_reference(reference)
    match place:
        case Place.FILE:
            return f"{Place.FILE}:{Path(rest).absolute()}"
        case Place.ENVIRONMENT:
            return reference
        case Place.PROMPT | Place.DESCRIPTOR | Place.COMMAND:
            raise ClusterError(
                f"{place} is not a password reference for a cluster, whose workers resolve it themselves",
                hint="take a path that every worker sees, or env:NAME, set where the workers are started",
            )


def _results(
    inputs: Sequence[str], executor: Executor, order: Order, progress: Progress, full: BatchSize
) -> Iterator[LeafReading | Unread]:
    unlisted: list[Unread] = []
    done: SimpleQueue[Done] = SimpleQueue()
    waiting = 0
    for batch in batches(_files(list_inputs(inputs, order.limits, progress), unlisted), full):
        future = executor.submit(search_batch, batch.paths, order)
        future.add_done_callback(partial(_note, done, batch))
        waiting += 1
        while waiting >= _AHEAD or not done.empty():
            yield from _returned(*done.get(), progress)
            waiting -= 1
    for _ in range(waiting):
        yield from _returned(*done.get(), progress)
    yield from unlisted


def _note(done: "SimpleQueue[Done]", batch: Batch, future: "Future[list[LeafReading | Unread]]") -> None:
    done.put((batch, future))


def _files(items: Iterator[InputFile | Unread], unlisted: list[Unread]) -> Iterator[InputFile]:
    for item in items:
        if isinstance(item, Unread):
            unlisted.append(item)
        else:
            yield item


def _returned(
    batch: Batch, future: "Future[list[LeafReading | Unread]]", progress: Progress
) -> list[LeafReading | Unread]:
    """What the task found, or a reason for each of its paths."""
    progress.working_on(batch.paths[-1])
    progress.advance(batch.size)
    try:
        return future.result()
    except ParsersError:
        raise
    except Exception as error:  # noqa: BLE001 - an executor raises what it likes when a worker is lost
        reason = f"the cluster lost the task that was to read it: {type(error).__name__}"
        return [Unread(path_as_text(path), "", reason) for path in batch.paths]
