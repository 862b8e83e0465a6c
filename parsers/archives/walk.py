"""A function applied to every stream of the inputs, on several threads."""

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from parsers.archives.entries import ArchiveEntry
from parsers.archives.inputs import expected_bytes, find_inputs
from parsers.archives.interface import ByteStream, EntryStream
from parsers.archives.limits import DEFAULT, Limits
from parsers.archives.open_container import open_container
from parsers.archives.thread_pool import Offer, run_on_threads
from parsers.errors import ArchiveError
from parsers.progress import Progress, Silent
from parsers.secret import Secret
from parsers.unread import Unread

T = TypeVar("T")


def map_streams(
    inputs: Sequence[str],
    work: Callable[[EntryStream], T],
    *,
    jobs: int,
    passwords: Sequence[Secret] = (),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    standard_input: int = 0,
    folder: str = "",
) -> Iterator[T | Unread]:
    """The result of `work` for each stream, and an `Unread` for what could not be opened; in no order.

    Containers are recognised by their content and entered to a bounded depth. The unit of work is a member,
    so that one large archive keeps all threads busy.

    Args:
        inputs: files, folders, `-` for standard input.
        work: reads a stream within the call, on any thread. It should handle the `ArchiveError` of
            `readinto`, since it holds what was read before; one that escapes becomes an `Unread`.
        jobs: threads.
        passwords: candidates for encrypted zip members.
        limits: the guards.
        progress: receives counts of bytes on disk.
        standard_input: the descriptor that `-` stands for.
        folder: where relative paths begin; "" is the working directory.
    """
    progress = progress or Silent()
    progress.expect(expected_bytes(inputs))
    walk = _Walk(work, passwords, jobs)
    yield from run_on_threads(
        find_inputs(inputs, limits, progress, standard_input=standard_input, folder=folder),
        walk.visit,
        jobs=jobs,
        halt=walk.halt,
    )


class _Walk(Generic[T]):
    def __init__(self, work: Callable[[EntryStream], T], passwords: Sequence[Secret], jobs: int) -> None:
        self._work = work
        self._passwords = passwords
        self.halt = threading.Event()
        # An archive taken out of a stream stays in memory or a temporary file until it is read. One for each
        # thread may wait; beyond that the thread that found it reads it, so that they do not pile up.
        self._spools = threading.Semaphore(jobs if jobs > 1 else 0)

    def visit(
        self, entry: ArchiveEntry | Unread, offer: Offer[ArchiveEntry | Unread]
    ) -> Iterator[T | Unread]:
        if isinstance(entry, Unread):
            yield entry
            return
        try:
            step = open_container(entry, self._passwords)
            if isinstance(step, EntryStream):
                yield self._read(step)
                return
        except ArchiveError as error:
            yield entry.unread(error)
            return
        if step.in_order:
            yield from self._visit_in_order(step.entries, offer)
        else:
            offer(step.entries)

    def _read(self, opened: EntryStream) -> T:
        stream = _StoppableStream(opened.stream, self.halt)
        try:
            return self._work(replace(opened, stream=stream))
        finally:
            stream.close()

    def _visit_in_order(
        self, members: Iterator[ArchiveEntry | Unread], offer: Offer[ArchiveEntry | Unread]
    ) -> Iterator[T | Unread]:
        for member in members:
            if isinstance(member, ArchiveEntry) and member.spooled and self._spools.acquire(blocking=False):
                weakref.finalize(member.spooled, self._spools.release)
                offer(iter((member,)))
            else:
                yield from run_on_threads(iter((member,)), self.visit, jobs=1, halt=self.halt)


class _StoppableStream:
    """A stream that ends early once the caller has stopped asking for results."""

    __slots__ = ("_halt", "_inner")

    def __init__(self, inner: ByteStream, halt: threading.Event) -> None:
        self._inner = inner
        self._halt = halt

    def readinto(self, buffer: memoryview, /) -> int:
        if self._halt.is_set():
            raise ArchiveError("stopped")
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
