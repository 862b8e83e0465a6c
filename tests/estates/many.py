"""Many estates checked, in a few processes."""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from tests.estates.check import Checked, check
from tests.estates.check_octopus import check_octopus
from tests.estates.draw import draw
from tests.estates.octopus import draw_octopus


@dataclass(frozen=True, slots=True)
class Job:
    """An estate to check: of which product, drawn from which seed, with known texts tried or not."""

    product: str
    seed: int
    settle: bool = False


def check_one(job: Job) -> Checked:
    """What came of it."""
    if job.product == "octopus":
        return check_octopus(draw_octopus(job.seed))
    return check(draw(job.seed), settle=job.settle)


def check_many(jobs: Sequence[Job], processes: int) -> Iterator[Checked]:
    """The same of each, in order. Processes are started anew: polars does not survive a fork."""
    if processes == 1:
        yield from map(check_one, jobs)
        return
    context = get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_quiet)
    try:
        yield from pool.map(check_one, jobs)
    finally:  # whoever has seen enough does not wait for the rest
        pool.shutdown(cancel_futures=True)


def _quiet() -> None:
    warnings.simplefilter("ignore")
