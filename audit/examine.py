"""Every stored value examined: layouts found, keys tried, verdicts given."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.discover import discover
from audit.discovery.evidence import Evidence
from audit.discovery.sample import sample
from audit.key_ring import KeyRing
from audit.layouts.known import known_layouts
from audit.layouts.layout import Layout
from audit.trial.best import Best, best_openings
from audit.trial.hypothesis import hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from audit.verdicts.judge import Grounds, judge


@dataclass(frozen=True, slots=True)
class Examined:
    """The values of one product, judged.

    Attributes:
        frame: the columns of `STORED` without `value` and `iv`, those of a judgement, `value_digest`.
        tags: equal for values that hold the same secret; zeros where none was opened; shape [n, 2].
        evidence: the layouts that the data show.
    """

    frame: pl.DataFrame
    tags: npt.NDArray[np.uint64]
    evidence: tuple[Evidence, ...]


def examine(
    batches: Sequence[pl.DataFrame], ring: KeyRing, secret_tags: SecretTags, proven: Sequence[Layout] = ()
) -> Examined:
    """Find the layouts, try every key in them on every value, and judge.

    Args:
        batches: frames of the `STORED` schema, all of one product, at least one.
        ring: the candidate keys.
        secret_tags: tells equal secrets within this run.
        proven: layouts that a known plain text has proven; they need no evidence.
    """
    known = known_layouts(batches[0]["system"][0])
    evidence = tuple(discover(sample(batches), ring.keys, known, secret_tags))
    layouts = dict.fromkeys((*proven, *(each.hypothesis.layout for each in evidence)))
    grounds = Grounds(
        ring=ring,
        tried=tuple(hypotheses(ring.keys, layouts)),
        known=known,
        values=sum(batch.height for batch in batches),
    )
    frames, tags = [], []
    for batch in batches:
        frame, of_batch = _examine_batch(batch, grounds, secret_tags)
        frames.append(frame)
        tags.append(of_batch)
    return Examined(pl.concat(frames), np.concatenate(tags), evidence)


def _examine_batch(
    batch: pl.DataFrame, grounds: Grounds, secret_tags: SecretTags
) -> tuple[pl.DataFrame, npt.NDArray[np.uint64]]:
    values = Views(batch)
    best: Best = best_openings(batch.height, try_keys(values, grounds.tried), grounds.tried, secret_tags)
    judgement = judge(values, best, grounds)
    judged = pl.concat([batch.drop("value", "iv"), judgement.frame], how="horizontal")
    tags = np.where(judgement.opened[:, None], best.tags, np.uint64(0))
    return judged.with_columns(_digests(batch["value"])), tags


def _digests(values: pl.Series) -> pl.Series:
    """SHA-256 of each stored value, as hex; "" where there is none."""
    digests = [hashlib.sha256(value).hexdigest() if value else "" for value in values]
    return pl.Series("value_digest", digests, pl.String)
