"""Tasks run on threads as they are found, without a queue that grows."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

Offer = Callable[[Iterator[Task]], None]
"""Adds more tasks; they are taken one by one when a thread is free."""

_BATCH: Final = 32
_LATEST: Final = 0.05
"""Results are handed over in batches of this size, or after this many seconds: a hand-over costs as much as
reading a small zip."""


def run_on_threads(
    tasks: Iterator[Task],
    run: Callable[[Task, "Offer[Task]"], Iterator[Result]],
    *,
    jobs: int,
    halt: threading.Event,
) -> Iterator[Result]:
    """The results of `run` for every task, and for every task that `run` offers; in no order.

    The last task found runs first, so that the number of waiting iterators is bounded by the archives' depth.

    Args:
        tasks: the first tasks; taken one at a time, by one thread at a time.
        run: runs one task.
        jobs: threads; with 1 everything runs in the caller's thread.
        halt: set when the caller stops iterating; `run` may check it.
    """
    if jobs == 1:
        yield from _alone(tasks, run)
        return
    pool = _Pool(tasks, run, jobs, halt)
    try:
        yield from pool.results()
    finally:
        pool.stop()


def _alone(tasks: Iterator[Task], run: Callable[[Task, Offer[Task]], Iterator[Result]]) -> Iterator[Result]:
    waiting = [tasks]
    while waiting:
        for task in waiting[-1]:
            yield from run(task, waiting.append)
            break
        else:
            waiting.pop()


class _Pool(Generic[Task, Result]):
    def __init__(
        self,
        tasks: Iterator[Task],
        run: Callable[[Task, Offer[Task]], Iterator[Result]],
        jobs: int,
        halt: threading.Event,
    ) -> None:
        self._run = run
        self._halt = halt
        self._waiting = [tasks]
        self._changed = threading.Condition()
        self._busy = 0
        # Bounded: a slow caller holds the threads back instead of collecting results in memory.
        self._finished: queue.Queue[list[Result] | BaseException | None] = queue.Queue(maxsize=2 * jobs)
        self._running = jobs
        self._threads = [threading.Thread(target=self._work, name=f"archives-{n}") for n in range(jobs)]
        for thread in self._threads:
            thread.start()

    def results(self) -> Iterator[Result]:
        while self._running:
            match self._finished.get():
                case None:
                    self._running -= 1
                case BaseException() as error:
                    raise error
                case batch:
                    yield from batch

    def stop(self) -> None:
        """End the threads; their remaining results are dropped, so that none blocks on a full queue."""
        self._halt.set()
        with self._changed:
            self._changed.notify_all()
        while self._running:
            if self._finished.get() is None:
                self._running -= 1
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        batch: list[Result] = []
        sent = time.monotonic()
        try:
            while (task := self._next(batch)) is not None:
                try:
                    for result in self._run(task[0], self._offer):
                        batch.append(result)
                        if len(batch) >= _BATCH or time.monotonic() - sent > _LATEST:
                            self._hand_over(batch)
                            sent = time.monotonic()
                finally:
                    self._done()
            self._hand_over(batch)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._halt.set()
            self._finished.put(error)
        finally:
            self._finished.put(None)

    def _hand_over(self, batch: list[Result]) -> None:
        if batch:
            self._finished.put(batch.copy())
            batch.clear()

    def _next(self, batch: list[Result]) -> tuple[Task] | None:
        """A task, in a tuple since it may be any object; None once there are no more."""
        while not self._halt.is_set():
            with self._changed:
                if task := self._take():
                    return task
                if not self._busy:
                    return None
                # Results are handed over outside the lock, since the queue may be full; then look again.
                if not batch:
                    self._changed.wait()
                    continue
            self._hand_over(batch)
        return None

    def _take(self) -> tuple[Task] | None:
        while self._waiting:
            for task in self._waiting[-1]:
                self._busy += 1
                return (task,)
            self._waiting.pop()
        return None

    def _offer(self, tasks: Iterator[Task]) -> None:
        with self._changed:
            self._waiting.append(tasks)
            self._changed.notify_all()

    def _done(self) -> None:
        with self._changed:
            self._busy -= 1
            if not self._busy:
                self._changed.notify_all()
