"""Every stored value examined: layouts found, keys tried, verdicts given."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.discover import Discovered, discover
from audit.discovery.sample import sample
from audit.key_ring import KeyRing
from audit.layouts.known import known_layouts
from audit.layouts.user_supplied import NOTHING_SUPPLIED, Supplied
from audit.trial.best import Best, best_openings
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from audit.verdict import Verdict
from audit.verdicts.chance import WeakOpenings
from audit.verdicts.judge import Grounds, judge


@dataclass(frozen=True, slots=True)
class Examined:
    """The values of one product, judged.

    Attributes:
        frame: the columns of `STORED` without `value` and `iv`, those of a judgement, `value_digest`.
        tags: equal for values that hold the same secret; zeros where that cannot be told; shape [n, 2].
        discovered: the layouts that the data show.
        tried: every key in every established layout; `opened_by` and `layout` name one of them.
    """

    frame: pl.DataFrame
    tags: npt.NDArray[np.uint64]
    discovered: Discovered
    tried: tuple[Hypothesis, ...]


def examine(
    batches: Sequence[pl.DataFrame],
    ring: KeyRing,
    secret_tags: SecretTags,
    supplied: Supplied = NOTHING_SUPPLIED,
) -> Examined:
    """Find the layouts, try every key in them on every value, and judge.

    Args:
        batches: frames of the `STORED` schema, all of one product, at least one.
        ring: the candidate keys.
        secret_tags: tells equal secrets within this run.
        supplied: further layouts.
    """
    known = (*known_layouts(batches[0]["system"][0]), *supplied.to_try)
    discovered = discover(sample(batches), ring.keys, known, secret_tags, supplied.proven)
    # What the sample could not tell apart, a rarer value outside it may.
    alike = (each for evidence in discovered.established for each in evidence.alike)
    layouts = (layout for each in alike for layout in (each.layout, *each.same_as))
    tried = hypotheses(ring.keys, dict.fromkeys((*supplied.proven, *layouts)))
    grounds = Grounds(ring, tuple(tried), (*known, *supplied.proven))
    bests = [_try(batch, grounds, secret_tags) for batch in batches]
    weak = WeakOpenings.of(bests, grounds.correction)
    frames, tags = [], []
    for batch, best in zip(batches, bests, strict=True):
        judgement = judge(batch, best, weak, grounds)
        judged = pl.concat([batch.drop("value", "iv"), judgement.frame], how="horizontal")
        frames.append(judged.with_columns(_digests(batch["value"])))
        tags.append(_tags(frames[-1], judgement.opened, best))
    return Examined(pl.concat(frames), np.concatenate(tags), discovered, grounds.tried)


def _try(batch: pl.DataFrame, grounds: Grounds, secret_tags: SecretTags) -> Best:
    opened = try_keys(Views(batch), grounds.tried)
    return best_openings(batch.height, opened, grounds.tried, secret_tags)


def _tags(judged: pl.DataFrame, opened: npt.NDArray[np.bool_], best: Best) -> npt.NDArray[np.uint64]:
    """Equal for equal secrets: of opened values by the secret, of sealed ones by equal ciphertext."""
    tags = np.where(opened[:, None], best.tags, np.uint64(0))
    sealed = judged["verdict"].is_in([Verdict.LOST, Verdict.UNKNOWN]).arg_true()
    digests = judged["value_digest"].gather(sealed).str.head(32).to_list()  # 16 bytes
    tags[sealed.to_numpy()] = np.frombuffer(bytes.fromhex("".join(digests)), np.uint64).reshape(-1, 2)
    return tags


def _digests(values: pl.Series) -> pl.Series:
    """SHA-256 of each stored value, as hex; "" where there is none."""
    digests = [hashlib.sha256(value).hexdigest() if value else "" for value in values.to_list()]
    return pl.Series("value_digest", digests, pl.String)
