"""What a value that no key opens shows by itself: a form of its own, or a beginning that is text."""

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from audit.discovery.own_forms import own_forms
from audit.layouts.layout import BLOCK, Encoding, Layout
from audit.trial.beginnings import NO_KEY, begins_as_text
from audit.trial.hypothesis import Hypothesis
from audit.trial.views import View
from audit.verdicts.judge import Grounds, Unopened
from audit.verdicts.value_form import Form

_ENCODED: Final = re.compile(rb"[A-Za-z0-9+/]*")
_ENCODINGS: Final = (Encoding.RAW, Encoding.BASE64_URL, Encoding.BASE64, Encoding.HEX)


def seen_alone(unopened: Unopened, known: Sequence[Layout], grounds: Grounds) -> Unopened:
    """The same values, with what each shows by itself; nothing where no layout is established.

    Args:
        unopened: the values of a batch.
        known: the layouts that are tried.
        grounds: what verdicts rest on.
    """
    if grounds.published or not grounds.established:
        return unopened
    form = np.where(unopened.meant, Form.TYPED, unopened.forms.form)
    misfits = np.flatnonzero((form == Form.MISFIT) | (form == Form.WRAPPED))
    fitting = np.flatnonzero(form == Form.FITTING)
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


def _first_bytes(unopened: Unopened, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> pl.Series:
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
