"""Every leaf of the inputs, given to a function, on as many threads as wanted."""

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from parsers.archives.entries import Found
from parsers.archives.inputs import expected_bytes, found_inputs
from parsers.archives.interface import ByteStream, Leaf
from parsers.archives.limits import DEFAULT, Limits
from parsers.archives.open_container import enter
from parsers.archives.thread_pool import Offer, spread
from parsers.errors import ArchiveError
from parsers.progress import Progress, Silent
from parsers.secret import Secret
from parsers.unread import Unread

T = TypeVar("T")


def each_leaf(
    inputs: Sequence[str],
    work: Callable[[Leaf], T],
    *,
    jobs: int,
    passwords: Sequence[Secret] = (),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    standard_input: int = 0,
    folder: str = "",
) -> Iterator[T | Unread]:
    """What `work` returns for each leaf, and an `Unread` for each input or member that is none; in no order.

    Containers are known by their content and entered to a bounded depth. The unit of work is a member, so
    that one large archive keeps all threads busy.

    Args:
        inputs: files, folders, `-` for standard input.
        work: reads a leaf's stream, within the call. `ArchiveError` from `readinto` is its to handle, since
            it has what came before; one that it lets pass becomes an `Unread`. Called from several threads.
        jobs: threads.
        passwords: candidates for encrypted zip members.
        limits: the guards.
        progress: is told about bytes on disk.
        standard_input: descriptor behind `-`.
        folder: where relative paths begin; "" is the working directory.
    """
    progress = progress or Silent()
    progress.expect(expected_bytes(inputs))
    walk = _Walk(work, passwords, jobs)
    yield from spread(
        found_inputs(inputs, limits, progress, standard_input=standard_input, folder=folder),
        walk.visit,
        jobs=jobs,
        halt=walk.halt,
    )


class _Walk(Generic[T]):
    def __init__(self, work: Callable[[Leaf], T], passwords: Sequence[Secret], jobs: int) -> None:
        self._work = work
        self._passwords = passwords
        self.halt = threading.Event()
        # Archives taken out of a stream lie in memory until they are read: one for each thread may wait.
        self._spools = threading.Semaphore(jobs if jobs > 1 else 0)

    def visit(self, found: Found | Unread, offer: Offer[Found | Unread]) -> Iterator[T | Unread]:
        if isinstance(found, Unread):
            yield found
            return
        try:
            step = enter(found, self._passwords)
            if isinstance(step, Leaf):
                yield self._read(step)
                return
        except ArchiveError as error:
            yield found.unread(error)
            return
        if step.in_order:
            yield from self._visit_in_order(step.found, offer)
        else:
            offer(step.found)

    def _read(self, leaf: Leaf) -> T:
        stream = _Stoppable(leaf.stream, self.halt)
        try:
            return self._work(replace(leaf, stream=stream))
        finally:
            stream.close()

    def _visit_in_order(
        self, members: Iterator[Found | Unread], offer: Offer[Found | Unread]
    ) -> Iterator[T | Unread]:
        for member in members:
            if isinstance(member, Found) and member.spooled and self._spools.acquire(blocking=False):
                weakref.finalize(member.spooled, self._spools.release)
                offer(iter((member,)))
            else:
                yield from spread(iter((member,)), self.visit, jobs=1, halt=self.halt)


class _Stoppable:
    """A leaf's stream that ends early once nobody asks for results any more."""

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
