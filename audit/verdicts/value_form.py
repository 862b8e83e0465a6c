"""What a stored value can be by its form alone, and what the forms of a store's values say together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK, Encoding, Layout
from audit.layouts.marks import foreign_marks
from audit.layouts.wrapper import BARE
from audit.trial.views import View, Views
from audit.verdicts.case import Case
from audit.verdicts.typed_text import looks_typed
from parsers.keys.aes_forms import decode_base64


class ValueForm(IntEnum):
    """By its form a value that no key opens is one of these.

    `TYPED`: what a person types. `MARKED`: begins as the ciphertext of another program does. `FITTING`: has
    the encoding and a length of an established layout. `MISFIT`: looks like ciphertext, and like none of an
    established layout. `WRAPPED`: does not decode, and is more than a value that was mistyped or cut off:
    text around it may be an unknown wrapper.
    """

    TYPED = 0
    MARKED = 1
    FITTING = 2
    MISFIT = 3
    WRAPPED = 4


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of n values that no key opens.

    Attributes:
        form: `ValueForm` values; shape [n].
        sizes: bytes once decoded, 0 where a value does not decode; shape [n].
        single: whether a value is one block, apart from text and bytes around it that an established layout
            has; shape [n].
    """

    form: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]
    single: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, values: Views, established: Sequence[Layout]) -> "Forms":
        """The forms of a batch with the columns `value` and `iv`."""
        form = np.full(values.frame.height, ValueForm.MISFIT, np.uint8)
        sizes = decoded_sizes(values)
        form[(sizes == 0) & ~_is_nearly_encoded(values.frame["value"])] = ValueForm.WRAPPED
        form[looks_typed(values.frame["value"])] = ValueForm.TYPED
        form[fitting(values, established, Layout.fits)] = ValueForm.FITTING
        form[(foreign_marks(values.frame["value"]) != "").to_numpy()] = ValueForm.MARKED
        for body in bodies(values, established):
            within = body.whole.bin.size().fill_null(0).to_numpy()
            sizes = np.where((sizes == 0) & (form == ValueForm.FITTING), within, sizes)
        single = np.zeros(len(form), np.bool_)
        for body in bodies(values, established):
            single |= (body.inside.bin.size() == BLOCK).fill_null(value=False).to_numpy()
        return cls(form, sizes, single & (form == ValueForm.FITTING))


def _is_nearly_encoded(values: pl.Series) -> npt.NDArray[np.bool_]:
    """Whether all but one byte at most belong to base64, base64url or hex; shape [n].

    That one is not a mark of a wrapper, as those of `v1:…` and `{AES}…` are, and stands at neither end.
    Nothing but letters and digits of base32 is not base64 that was cut off, either.
    """
    text = pl.Series([value.decode("latin-1") for value in values.to_list()], dtype=pl.String)
    odd = text.str.replace_all(r"[A-Za-z0-9+/_=\s-]", "")
    inside = ~text.str.contains(r"^[^A-Za-z0-9+/_-]|[^A-Za-z0-9+/_=-]\s*$|^(?:[A-Z2-7]+|[a-z2-7]+)=*$")
    return ((odd.str.len_chars() <= 1) & ~odd.str.contains(r"[:{}()$|,.%~\"']") & inside).to_numpy()


_DAMAGED_AT_MOST: Final = 1 / 20
_MANY: Final = 8
_FEW_LONG: Final = 3
_ENOUGH_TEXTS: Final = 20
_ODD_AT_MOST: Final = 1 / 5
_OTHER_BLOCK: Final = 8
_SHARE_BY_CHANCE: Final = 1 / 4
_RSA_SIZES: Final = (128, 256, 384, 512)
"""Bytes that RSA makes of any short text, by its modulus (RFC 8017): whole blocks of AES too."""


@dataclass(frozen=True, slots=True)
class Population:
    """What all values of a product show together, so that no value is judged by itself alone.

    Attributes:
        opened: values that a key opens with certainty.
        shortest_opened: bytes of a short text once decoded, in the layout of them that adds least.
        texts: how many of them open to text.
        odd: how many open to something else that is not a damaged text for certain.
        forms: of all others that are there.
        odd_key: whether a candidate that opens nothing is of a size that AES keys of the product do not have,
            as a passphrase or a DES key is: what it opens may be among the values that nothing opens.
        hidden: whether single blocks lie behind one unknown constant vector; None if too few tell.
        idle_key: whether any candidate opens nothing.
        silent_texts: texts that open in layouts whose padding shows no key of what is not text.
        silent: values that nothing opens and that may be something else in such a layout.
        filled: whether any of them ends, under a candidate, in several bytes that fill up.
        streams: values of which a block is text under a candidate in a stream mode.
    """

    opened: int
    shortest_opened: int
    texts: int
    odd: int
    forms: Forms
    odd_key: bool
    hidden: bool | None = False
    idle_key: bool = False
    silent_texts: int = 0
    silent: int = 0
    filled: bool = False
    streams: int = 0

    @property
    def shows_silent_loss(self) -> bool:
        """Whether values that fit layouts of such padding are lost all the same.

        Several, among more than twice as many that open to text there, and none of which ends in what fills
        up: a population of texts under a missing key. A few may be binary secrets that fill their blocks.
        """
        enough = self.silent >= _MANY and self.silent_texts >= max(_ENOUGH_TEXTS, 2 * self.silent + 1)
        return enough and self.of_text and not self.filled

    @property
    def in_a_stream(self) -> bool:
        """Whether most values that nothing opens, and that have two blocks, are text in a stream mode."""
        long = self._count(ValueForm.FITTING) - int(self.forms.single.sum())
        return self.streams >= _FEW_LONG and 2 * self.streams >= long

    @property
    def of_text(self) -> bool:
        """Whether nearly all that opens is text, so that what is not is unlike it."""
        return self.texts >= _ENOUGH_TEXTS and self.odd <= _ODD_AT_MOST * self.texts

    def _count(self, form: ValueForm) -> int:
        return int((self.forms.form == form).sum())

    @property
    def few_misfits(self) -> bool:
        """Whether so few look like no established layout, among so many that do, that these are damaged.

        A whole population of misfits is an unknown layout: its lengths come again, or are multiples
        of 8 as those of DES and Blowfish are, more often than cutting values off makes them so.
        """
        misfits = self.forms.sizes[self.forms.form == ValueForm.MISFIT]
        fitting = self.opened + self._count(ValueForm.FITTING)
        if fitting < _MANY or len(misfits) > max(1, int(fitting * _DAMAGED_AT_MOST)):
            return False
        return not self._other_blocks(misfits)

    @property
    def many_misfits(self) -> bool:
        """Whether they are more than a value or two in forms of their own."""
        return self._count(ValueForm.MISFIT) >= _MANY

    @property
    def shows_loss(self) -> bool:
        """Whether values that fit an established layout, and that no candidate opens, are of that layout."""
        misfits = self.forms.sizes[self.forms.form == ValueForm.MISFIT]
        if not self.opened or self.odd_key or self._other_blocks(misfits):
            return False
        if self._count(ValueForm.MARKED) or (len(misfits) and not self.few_misfits):
            return False  # another program's values are there, and of some lengths they look like these
        fitting = self.forms.sizes[self.forms.form == ValueForm.FITTING]
        if np.isin(fitting, _RSA_SIZES).sum() > _SHARE_BY_CHANCE * len(fitting):
            return False
        # Salt and vector in front make every value longer than the shortest of an established layout.
        return len(fitting) < _MANY or int(fitting.min()) <= self.shortest_opened

    @property
    def few_beside_an_idle_key(self) -> bool:
        """Whether values that nothing opens are so few that a candidate which opens nothing may be theirs.

        Few of them may be what no trial shows: binary secrets without padding, or a layout of their own.
        """
        return self.idle_key and self._count(ValueForm.FITTING) < _MANY

    @property
    def shows_loss_of_blocks(self) -> bool:
        """Whether single blocks that no candidate opens, and that agree with no others, are lost.

        An unknown constant vector hides any of them from its own key. Two texts behind one agree, so
        that of those under each key at most one does not: among many that is at most one value a key, and of
        a layout that it would have to itself. Longer values that nothing opens are not hidden at all; they
        show that a key is missing, and count with the others; where most are long, a few are enough.
        """
        if self.hidden is True:
            return False
        fitting = self._count(ValueForm.FITTING)
        long = fitting - int(self.forms.single.sum())
        return fitting >= _MANY or (long >= _FEW_LONG and fitting < 2 * long)

    def _other_blocks(self, misfits: npt.NDArray[np.int64]) -> bool:
        eights = int(((misfits % _OTHER_BLOCK == 0) & (misfits > 0)).sum())
        return eights > _SHARE_BY_CHANCE * len(misfits)


def fitting(
    values: Views, layouts: Iterable[Layout], fits: Callable[[Layout, int], bool]
) -> npt.NDArray[np.bool_]:
    """Rows whose encoding is that of one of these layouts, and whose decoded length fits it; shape [n]."""
    held = np.zeros(values.frame.height, np.bool_)
    wanted = list(layouts)
    for view in dict.fromkeys(View.of(layout) for layout in wanted):
        of_view = [layout for layout in wanted if View.of(layout) == view]
        decoded = values[view]
        sizes = decoded.bin.size()
        if view.encoding in {Encoding.BASE64, Encoding.BASE64_URL}:
            # Hex of a block and more reads as base64 too, and by chance no base64 is hex.
            in_hex = values[replace(view, encoding=Encoding.HEX)].bin.size() >= BLOCK
            sizes = sizes.set(in_hex.fill_null(value=False), None)
        for prefix in dict.fromkeys(layout.prefix for layout in of_view):
            of_prefix = [layout for layout in of_view if layout.prefix == prefix]
            good = [
                size for size in sizes.drop_nulls().unique() if any(fits(each, size) for each in of_prefix)
            ]
            here = sizes.is_in(good).fill_null(value=False)
            if prefix and not view.beside:
                here &= decoded.bin.starts_with(prefix).fill_null(value=False)
            held |= here.to_numpy()
    return held


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """The values that one established layout may have written, as bytes; null for others.

    Attributes:
        whole: with the constant prefix.
        inside: without it.
        bare: whether nothing stands around them: neither text nor prefix.
    """

    whole: pl.Series
    inside: pl.Series
    bare: bool


def bodies(values: Views, layouts: Iterable[Layout]) -> Iterator[Body]:
    """One for each encoding, wrapper and prefix of these layouts; a vector from beside is left out."""
    ways = dict.fromkeys((replace(View.of(each), beside=False), each.prefix) for each in layouts)
    for view, prefix in ways:
        whole = values[view]
        if prefix:
            whole = whole.set(~whole.bin.starts_with(prefix).fill_null(value=False), None)
        inside = whole.bin.slice(len(prefix)) if prefix else whole
        yield Body(whole, inside, bare=not prefix and view.wrapper == BARE)


def decoded_sizes(values: Views) -> npt.NDArray[np.int64]:
    """Bytes of each value, decoded in a way that gives a block or more, hex before base64; 0 for others."""
    found = np.zeros(values.frame.height, np.int64)
    for encoding in (Encoding.RAW, Encoding.BASE64_URL, Encoding.BASE64, Encoding.HEX):
        here = values[View(encoding)].bin.size().fill_null(0).to_numpy()
        found = np.where(here >= BLOCK, here, found)
    return found


def is_external(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Credentials of type EXTERNAL lie in CyberArk, Vault and the like (CloudBees docs, "Credentials")."""
    external = frame["credential_type"].str.to_uppercase() == "EXTERNAL"
    return external.fill_null(value=False).to_numpy()


def is_empty(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows without a stored value."""
    return (frame["value"].bin.size().fill_null(0) == 0).to_numpy()


def malformed(values: pl.Series) -> npt.NDArray[np.uint8]:
    """The case of each value, given that it is not well-formed; shape [n].

    Args:
        values: stored values, Binary, none of them empty.
    """
    return np.array([_case(value) for value in values.to_list()], np.uint8)


def _case(value: bytes) -> Case:
    """Damaged only where some part shows that it was encrypted once: a block or more of canonical base64."""
    parts = [part.strip() for part in value.split(b"|")]
    decoded = [decode_base64(part) for part in parts]
    if max(map(len, decoded)) < BLOCK:
        return Case.NEVER_SEALED
    if len(parts) == 1:
        return Case.NO_BAR
    if len(parts) > 2:
        return Case.MORE_BARS
    if not parts[0]:
        return Case.NO_CIPHERTEXT
    if any(part and not bytes_ for part, bytes_ in zip(parts, decoded, strict=True)):
        return Case.BAD_BASE64
    return Case.VECTOR_SIZE if len(decoded[1]) != BLOCK else Case.NO_BLOCKS
