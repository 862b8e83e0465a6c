"""Many archives as one task, for workers that share nothing with whoever asks but the places of the logs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from parsers.archives.inputs import InputFile
from parsers.archives.limits import Limits
from parsers.archives.walk import map_streams
from parsers.keys.reference import text_secret
from parsers.logs.leaf_reading import LeafReader, LeafReading
from parsers.logs.phrase import Phrases
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told beside the paths: no open files, and no secrets.

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


DEFAULT: Final = BatchSize()


def batches(files: Iterable[InputFile], full: BatchSize = DEFAULT) -> Iterator[Batch]:
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
