"""The spreading of work: every task once, whatever the number of threads."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.archives.thread_pool import Offer, run_on_threads
from tests.parsers.archives.reading import workers

trees: st.SearchStrategy[list[object]] = st.recursive(
    st.just([]), lambda children: st.lists(children, max_size=6), max_leaves=60
)


def visit(task: object, offer: Offer[object]) -> Iterator[int]:
    """Offers a node's children, and yields one result for it."""
    assert isinstance(task, list)
    yield 1
    if task:
        offer(iter(task))


def nodes(tree: object) -> int:
    assert isinstance(tree, list)
    return 1 + sum(nodes(child) for child in tree)


@settings(deadline=None, max_examples=60)
@given(st.lists(trees, max_size=5), st.integers(1, 4))
def test_every_task_once(forest: list[object], jobs: int) -> None:
    """However tasks give rise to further ones, each is run once."""
    results = list(run_on_threads(iter(forest), visit, jobs=jobs, halt=threading.Event()))
    assert len(results) == sum(nodes(tree) for tree in forest)
    assert not workers()


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_tasks_are_not_asked_for_ahead(jobs: int) -> None:
    """Whoever takes results slowly keeps the list of tasks from being drained into memory."""
    asked = 0

    def tasks() -> Iterator[int]:
        nonlocal asked
        for number in range(100_000):
            asked += 1
            yield number

    def run(task: int, _offer: Offer[int]) -> Iterator[int]:
        yield task

    results = run_on_threads(tasks(), run, jobs=jobs, halt=threading.Event())
    for _ in range(100):
        next(results)
    assert asked < 2_000
    results.close()  # type: ignore[attr-defined] # it is a generator; the promise is an iterator only
