"""Many estates checked, in a few processes."""

import multiprocessing
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.estates.check import Checked, check
from tests.estates.check_octopus import check_octopus
from tests.estates.draw import draw
from tests.estates.octopus import draw_octopus

_FOR_EVER: Final = 1e6
"""Seconds."""


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


def check_many(jobs: Sequence[Job], processes: int, seconds: float = float("inf")) -> Iterator[Checked]:
    """The same of each, as they come; after `seconds` what is not done is given up.

    Processes are started anew: polars does not survive a fork.
    """
    end = time.monotonic() + seconds
    with multiprocessing.get_context("spawn").Pool(processes, initializer=_quiet) as pool:
        results = pool.imap_unordered(check_one, jobs)
        for _ in jobs:
            try:
                yield results.next(min(end - time.monotonic(), _FOR_EVER))
            except multiprocessing.TimeoutError:
                return


def _quiet() -> None:
    warnings.simplefilter("ignore")
