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
from audit.layouts.layout import BLOCK, Encoding, Layout, Mode, Padding
from audit.trial.best import Best
from audit.trial.groups import Bytes, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.partial_openings import (
    NO_KEY,
    begins_as_text,
    end_alike,
    end_in_a_number,
    end_in_fill,
    text_in_a_stream,
)
from audit.trial.plain_text import Content, Damage
from audit.trial.views import View
from audit.verdicts.judge import Grounds, UnopenedValues
from audit.verdicts.value_form import Forms, Population, ValueForm, bodies, fitting
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
    grounds: Grounds,
) -> tuple[Population, list[UnopenedValues]]:
    """The population, and what no key opens with what single blocks show of each other.

    Args:
        ring: the candidates.
        bests: the best openings, by batch.
        sure: which of them are certain, of values that are there, by batch.
        unopened: what no key opens with certainty, by batch.
        grounds: what verdicts rest on.
    """
    tried, established = grounds.tried, grounds.established
    opened = texts = odd = shortest = 0
    silent_texts = 0
    used: set[str] = set()
    for best, certain in zip(bests, sure, strict=True):
        opened += int(certain.sum())
        text = best.content != Content.BINARY
        texts += int((certain & text).sum())
        odd += int((certain & ~text & ~best.proven & (best.damage != Damage.LIKELY)).sum())
        silent = np.array([*(each.layout.padding.shows_text_alone for each in tried), False])
        silent_texts += int((certain & text & silent[best.hypothesis]).sum())
        for each in np.unique(best.hypothesis[certain]):
            used.add(_label(ring, tried[each].key))
            layout = tried[each].layout
            size = layout.overhead + BLOCK + _SHORT_TEXT * (layout.mode is Mode.GCM)
            shortest = min(shortest or size, size)
    used.add(ring.new)
    idle = [key for place, key in enumerate(ring.keys) if _label(ring, place) not in used]
    blocks = [_single_blocks(each, established) for each in unopened]
    together = np.concatenate([found for _, found in blocks])
    keys = {each.aes_key for each in tried if each.layout.plain_aes}
    agreeing = np.split(agree(together, keys), np.cumsum([len(rows) for rows, _ in blocks])[:-1])
    unopened = [
        _shown_by(replace(each, agreeing=_flags(len(each.rows), rows[agrees])), keys, established)
        for each, (rows, _), agrees in zip(unopened, blocks, agreeing, strict=True)
    ]
    population = Population(
        opened=opened,
        shortest_opened=shortest,
        texts=texts,
        odd=odd,
        forms=Forms(
            np.concatenate([each.forms.form for each in unopened]),
            np.concatenate([each.forms.sizes for each in unopened]),
            np.concatenate([each.forms.single for each in unopened]),
        ),
        odd_key=any(_is_odd(key) for key in idle),
        idle_key=bool(idle),
        hidden=behind_a_constant(together, keys),
        silent_texts=silent_texts,
        silent=sum(int(each.silent.sum()) for each in unopened),
        filled=any(bool(each.filled.any()) for each in unopened),
        streams=sum(int((each.stream_key != NO_KEY).sum()) for each in unopened),
    )
    return population, unopened


def _label(ring: KeyRing, place: int) -> str:
    """The label under which a key's openings are counted: two files of one key are one."""
    return ring.opens_as(ring.keys[place]).label


def _flags(size: int, rows: Rows) -> npt.NDArray[np.bool_]:
    flags = np.zeros(size, np.bool_)
    flags[rows] = True
    return flags


def _single_blocks(unopened: UnopenedValues, established: Sequence[Layout]) -> tuple[Rows, Bytes]:
    """The values of a single block that fit an established layout: their places, and shape [n, 16]."""
    fit = unopened.forms.single
    rows, found = [np.zeros(0, np.intp)], []
    for body in bodies(unopened.values, established):
        here = (body.inside.bin.size() == BLOCK).fill_null(value=False) & pl.Series(fit)
        fit = fit & ~here.to_numpy()
        rows.append(here.arg_true().to_numpy().astype(np.intp))
        found += body.inside.filter(here).to_list()
    return np.concatenate(rows), np.frombuffer(b"".join(found), np.uint8).reshape(-1, BLOCK)


def _shown_by(
    unopened: UnopenedValues, keys: Collection[Secret], established: Sequence[Layout]
) -> UnopenedValues:
    """The same values, with what their ends say under any key, where they fit an established layout."""
    fit = pl.Series(unopened.forms.form == ValueForm.FITTING)
    alike, filled, counted = (np.zeros(len(fit), np.bool_) for _ in range(3))
    fills = {each.padding.fill for each in established if each.padding.fill is not None}
    of_number = [each for each in established if each.padding is Padding.ISO10126]
    for body in bodies(unopened.values, established) if fit.any() else ():
        inside = body.inside.set(~fit, None)
        alike |= end_alike(inside, keys)
        filled |= end_in_fill(inside, keys, fills)
        if of_number:
            counted |= end_in_a_number(inside, keys)
    of_fill = [each for each in established if each.padding.fill is not None]
    silent = fitting(unopened.values, of_fill, Layout.fits)
    if of_number:
        silent |= counted & fitting(unopened.values, of_number, Layout.fits)
    return replace(unopened, padded_alike=alike | filled, filled=filled, silent=silent & fit.to_numpy())


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
    fit = np.flatnonzero(form == ValueForm.FITTING)
    values = unopened.values.frame["value"]
    own = own_forms(values, [*misfits.tolist(), *fit.tolist()], grounds.ring.keys, known)
    rows = np.concatenate([misfits, fit])
    keys: dict[Hypothesis, None] = {
        each: None for each in grounds.tried[: grounds.count] if each.layout.plain_aes
    }
    of_secret = {each.aes_key: each.key for each in reversed(keys)}
    places = np.array([*of_secret.values(), NO_KEY], np.int32)
    begins = np.full(len(form), NO_KEY, np.int32)
    first = _first_bytes(unopened, rows, grounds.established)
    begins[rows] = places[begins_as_text(first, of_secret.keys())]
    stream = np.full(len(form), NO_KEY, np.int32)
    of_any = {each.aes_key: each.key for each in reversed(grounds.tried) if each.layout.plain_aes}
    stream[rows] = np.array([*of_any.values(), NO_KEY], np.int32)[text_in_a_stream(first, of_any.keys())]
    stream[form != ValueForm.FITTING] = NO_KEY
    return replace(unopened, own_key=own.key, begins_under=begins, stream_key=stream)


def _first_bytes(unopened: UnopenedValues, rows: Rows, established: Sequence[Layout]) -> pl.Series:
    """Values as bytes, without an established prefix; of one that does not decode, what can be read of it."""
    found = pl.Series([None] * len(rows), dtype=pl.Binary)
    for encoding in _ENCODINGS:
        decoded = unopened.values[View(encoding)].gather(pl.Series(rows))
        found = decoded.zip_with((decoded.bin.size() >= BLOCK).fill_null(value=False), found)
    for body in bodies(unopened.values, established):
        if body.bare:
            continue
        inside = body.inside.gather(pl.Series(rows))
        # What is whole blocks with its first bytes may begin like a prefix by chance.
        other = (found.bin.size() % BLOCK != 0).fill_null(value=True) | (inside.bin.size() % BLOCK == 0)
        found = inside.zip_with((inside.bin.size() >= BLOCK).fill_null(value=False) & other, found)
    missing = found.is_null().arg_true()
    left = [_readable(value) for value in unopened.values.frame["value"].gather(rows[missing]).to_list()]
    return found.scatter(missing, pl.Series(left, dtype=pl.Binary)) if left else found


def _readable(value: bytes) -> bytes:
    match = _ENCODED.match(value)
    text = match[0] if match else b""
    return base64.b64decode(text[: len(text) // 4 * 4])
