"""What values that no key opens show: each by itself, and all of a product together."""

import base64
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.own_forms import own_forms
from audit.discovery.single_blocks import agree, behind_a_constant
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import BLOCK, Encoding, Layout, Mode
from audit.trial.best import Best
from audit.trial.groups import Bytes, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.partial_openings import NO_KEY, begins_as_text, end_alike
from audit.trial.plain_text import Content, Damage
from audit.trial.views import View
from audit.verdicts.judge import Grounds, UnopenedValues
from audit.verdicts.value_form import Forms, Population, ValueForm
from parsers.secret import Secret

_AES_KEY_BITS: Final = (0, 128, 256)
_PASSPHRASE_BYTES: Final = 64

_SHORT_TEXT: Final = 7
"""Bytes of text that any store has one as short as: GCM fills nothing up. A salt in front has 8 and more."""


def seen_together(
    ring: KeyRing,
    bests: Sequence[Best],
    sure: Sequence[npt.NDArray[np.bool_]],
    unopened: Sequence[UnopenedValues],
    tried: Sequence[Hypothesis],
) -> tuple[Population, list[UnopenedValues]]:
    """The population, and what no key opens with what single blocks show of each other.

    Args:
        ring: the candidates.
        bests: the best openings, by batch.
        sure: which of them are certain, of values that are there, by batch.
        unopened: what no key opens with certainty, by batch.
        tried: every key in every layout that was tried.
    """
    opened = texts = odd = shortest = 0
    used: set[str] = set()
    for best, certain in zip(bests, sure, strict=True):
        opened += int(certain.sum())
        text = best.content != Content.BINARY
        texts += int((certain & text).sum())
        odd += int((certain & ~text & ~best.proven & (best.damage != Damage.LIKELY)).sum())
        for each in np.unique(best.hypothesis[certain]):
            used.add(_label(ring, tried[each].key))
            layout = tried[each].layout
            size = layout.overhead + BLOCK + _SHORT_TEXT * (layout.mode is Mode.GCM)
            shortest = min(shortest or size, size)
    used.add(ring.new)
    idle = [key for place, key in enumerate(ring.keys) if _label(ring, place) not in used]
    blocks = [_single_blocks(each) for each in unopened]
    together = np.concatenate([found for _, found in blocks])
    keys = {each.aes_key for each in tried if each.layout.plain_aes}
    agreeing = np.split(agree(together, keys), np.cumsum([len(rows) for rows, _ in blocks])[:-1])
    population = Population(
        opened=opened,
        shortest_opened=shortest,
        texts=texts,
        odd=odd,
        forms=Forms(
            np.concatenate([each.forms.form for each in unopened]),
            np.concatenate([each.forms.sizes for each in unopened]),
        ),
        odd_key=any(_is_odd(key) for key in idle),
        idle_key=bool(idle),
        hidden=behind_a_constant(together, keys),
    )
    return population, [
        replace(each, agreeing=_flags(len(each.rows), rows[agrees]), padded_alike=_padded_alike(each, keys))
        for each, (rows, _), agrees in zip(unopened, blocks, agreeing, strict=True)
    ]


def _label(ring: KeyRing, place: int) -> str:
    """The label under which a key's openings are counted: two files of one key are one."""
    return ring.opens_as(ring.keys[place]).label


def _flags(size: int, rows: Rows) -> npt.NDArray[np.bool_]:
    flags = np.zeros(size, np.bool_)
    flags[rows] = True
    return flags


def _single_blocks(unopened: UnopenedValues) -> tuple[Rows, Bytes]:
    """The values of a single block that fit an established layout: their places, and shape [n, 16]."""
    fit = (unopened.forms.form == ValueForm.FITTING) & (unopened.forms.sizes == BLOCK)
    rows, found = [], []
    for encoding in Encoding:
        decoded = unopened.values[View(encoding)]
        here = (decoded.bin.size() == BLOCK).fill_null(value=False) & pl.Series(fit)
        fit = fit & ~here.to_numpy()
        rows.append(here.arg_true().to_numpy().astype(np.intp))
        found += decoded.filter(here).to_list()
    return np.concatenate(rows), np.frombuffer(b"".join(found), np.uint8).reshape(-1, BLOCK)


def _padded_alike(unopened: UnopenedValues, keys: Collection[Secret]) -> npt.NDArray[np.bool_]:
    """Values that fit an established layout, and end in one padding under one key; shape [n]."""
    fit = pl.Series(unopened.forms.form == ValueForm.FITTING)
    found = np.zeros(len(fit), np.bool_)
    for encoding in Encoding if fit.any() else ():
        found |= end_alike(unopened.values[View(encoding)].set(~fit, None), keys)
    return found


def _is_odd(key: Key) -> bool:
    """Short, and no AES key: a passphrase, or a key of another cipher."""
    return key.bits not in _AES_KEY_BITS or (not key.bits and len(key.content) <= _PASSPHRASE_BYTES)


_ENCODED: Final = re.compile(rb"[A-Za-z0-9+/]*")
_ENCODINGS: Final = (Encoding.RAW, Encoding.BASE64_URL, Encoding.BASE64, Encoding.HEX)


def seen_alone(unopened: UnopenedValues, known: Sequence[Layout], grounds: Grounds) -> UnopenedValues:
    """The same values, with what each shows by itself; nothing where no layout is established.

    Args:
        unopened: the values of a batch.
        known: the layouts that are tried.
        grounds: what verdicts rest on.
    """
    if grounds.published or not grounds.established:
        return unopened
    form = np.where(unopened.meant, ValueForm.TYPED, unopened.forms.form)
    misfits = np.flatnonzero((form == ValueForm.MISFIT) | (form == ValueForm.WRAPPED))
    fitting = np.flatnonzero(form == ValueForm.FITTING)
    values = unopened.values.frame["value"]
    own = own_forms(values, [*misfits.tolist(), *fitting.tolist()], grounds.ring.keys, known)
    rows = np.concatenate([misfits, fitting])
    keys: dict[Hypothesis, None] = {
        each: None for each in grounds.tried[: grounds.count] if each.layout.plain_aes
    }
    of_secret = {each.aes_key: each.key for each in reversed(keys)}
    places = np.array([*of_secret.values(), NO_KEY], np.int32)
    begins = np.full(len(form), NO_KEY, np.int32)
    begins[rows] = places[begins_as_text(_first_bytes(unopened, rows), of_secret.keys())]
    return replace(unopened, own_key=own.key, begins_under=begins)


def _first_bytes(unopened: UnopenedValues, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> pl.Series:
    """Values as bytes; of one that does not decode what can be read until then."""
    found = pl.Series([None] * len(rows), dtype=pl.Binary)
    for encoding in _ENCODINGS:
        decoded = unopened.values[View(encoding)].gather(pl.Series(rows))
        found = decoded.zip_with((decoded.bin.size() >= BLOCK).fill_null(value=False), found)
    missing = found.is_null().arg_true()
    left = [_readable(value) for value in unopened.values.frame["value"].gather(rows[missing]).to_list()]
    return found.scatter(missing, pl.Series(left, dtype=pl.Binary)) if left else found


def _readable(value: bytes) -> bytes:
    match = _ENCODED.match(value)
    text = match[0] if match else b""
    return base64.b64decode(text[: len(text) // 4 * 4])
