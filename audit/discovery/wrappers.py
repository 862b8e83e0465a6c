"""Text around ciphertext, found from stored values: constant heads and tails, JSON with an encoded string."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix
from typing import Final

import polars as pl

from audit.layouts.layout import BLOCK, Encoding, KeyForm, Layout
from audit.layouts.wrapper import BARE, Wrapper
from audit.trial.views import View, Views

MOST_WRAPPERS: Final = 16
"""Those of most values are taken: each multiplies the hypotheses."""

_LONGEST_SIDE: Final = 32
"""Characters of a head or a tail. Layouts are named after them, and texts that people write are longer."""

_ENOUGH: Final = 2
"""Values that share a head and a tail of no usual form."""

_SHARED_BY_CHANCE: Final = 256
"""Among this many values two may have the same two characters around a run by chance."""

_MOST_TEXTS: Final = 4_096
"""Values that are looked at, evenly spread over those that nothing reads: half a second."""

_MOST_CUTS: Final = 3
"""Of one head that ends in characters of the encoding itself."""

_TRIED_CUTS: Final = 64
"""Values, evenly spread over a group, on which its cuts are tried."""

_RUNS: Final = tuple(
    re.compile(rf"{run}(?:\|{run})?")
    for run in (r"[0-9A-Fa-f]{32,}", r"[A-Za-z0-9+/]{20,}={0,2}", r"[A-Za-z0-9_-]{20,}={0,2}")
)
"""Encoded bytes of a block or more, perhaps with a vector after a `|`, in each alphabet."""

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){16,}")
_TO_STANDARD: Final = str.maketrans("-_", "+/")

_SIDE: Final = re.compile(r"[!-~]*")

_USUAL: Final = tuple(
    re.compile(form)
    for form in (
        r"\{[A-Za-z][\w.+/-]*\}…",  # {AES}…, Spring's {cipher}…
        r"(?:[A-Za-z][\w.+-]{0,15}:){1,3}…",  # v1:…, HashiCorp's vault:v1:…
        r"(?:0[xX]|\\x)…",  # SQL's and PostgreSQL's hex literals
        r"\$(?:[\w.,=+-]{1,16}\$){1,4}…",  # $aes$v=1$…
        r"[!%$]?[A-Za-z]{2,10}\(…\)",  # Jasypt's ENC(…)
        r"[!%$]?[A-Za-z]{2,10}(?:\[…\]|\{…\}|<…>)",
        r"\{…\}|\[…\]|<…>",  # Maven's and Jenkins' {…}
        r"b?(?:\"…\"|'…')",
    )
)
"""Heads and tails that single values are believed to have too; `…` stands for what they enclose."""


@dataclass(frozen=True, slots=True, order=True, repr=False)
class _Cut:
    """A value taken apart; `core` is the longest run of one alphabet. Equal heads and tails make a group."""

    head: str
    core: str
    tail: str

    @property
    def text(self) -> str:
        """The value."""
        return self.head + self.core + self.tail

    def closer(self, more: int) -> "_Cut":
        """The same with this many characters of the core counted to the head."""
        return _Cut(self.head + self.core[:more], self.core[more:], self.tail)


def wrapped(layouts: Iterable[Layout], values: Views) -> tuple[Layout, ...]:
    """These layouts inside each wrapper that the values show, in the encodings that stand inside it.

    Octopus Deploy's are left out: their form is published.
    """
    bare = [
        each
        for each in layouts
        if each.wrapper == BARE
        and each.encoding is not Encoding.RAW
        and each.key_form is not KeyForm.MASTER_KEY
    ]
    if not bare:
        return ()
    return tuple(
        replace(layout, wrapper=wrapper)
        for wrapper in shared_wrappers(values.frame["value"])
        for view in _views_inside(wrapper, values)
        for layout in bare
        if View.of(replace(layout, wrapper=wrapper)) == view
    )


def shared_wrappers(values: pl.Series) -> list[Wrapper]:
    """Text around encoded bytes that the data suggest, that of most values first; at most `MOST_WRAPPERS`.

    A head and a tail count where two different values share them, or where one value has them in a usual
    form. They end where the characters of the encoding begin. Characters of the encoding itself are counted
    to a head only where the rest decodes without them and not with them: `enc-`, `AES`; in a tail never.
    What varies from value to value around the encoded bytes (a salt, a key's number) makes no wrapper.

    Args:
        values: stored values, Binary; a sample, since each is looked at on its own.
    """
    texts = _wrapped_texts(values)
    found: Counter[Wrapper] = Counter()
    groups: dict[tuple[str, str], set[_Cut]] = {}
    for text in texts:
        members = list(_members(text))
        found.update(Wrapper(member=name) for name in members)
        for cut in () if members else _cuts(text):
            groups.setdefault((cut.head, cut.tail), set()).add(cut)
    enough = max(_ENOUGH, len(texts) // _SHARED_BY_CHANCE)
    claimed: set[str] = set()
    for group in sorted(groups.values(), key=len, reverse=True):
        left = sorted(cut for cut in group if cut.text not in claimed)
        around = _around(left, enough) if left else {}
        found.update(around)
        claimed.update(cut.text for cut in left if around)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0].name))
    return [wrapper for wrapper, _ in ranked[:MOST_WRAPPERS]]


def _views_inside(wrapper: Wrapper, values: Views) -> Iterator[View]:
    """The views that read something inside, none of them twice.

    Hex is base64 as well, and base64 without `+`, `/`, `-` and `_` is of both alphabets: an encoding is left
    out if all that it reads is read by one with a smaller alphabet, or by a sister that reads more.
    """
    for beside in (False, True):
        read = {
            encoding: set(_block_or_more(values, View(encoding, beside, wrapper)).arg_true().to_list())
            for encoding in (Encoding.HEX, Encoding.BASE64, Encoding.BASE64_URL)
        }
        hexadecimal, standard, url = read.values()
        if hexadecimal:
            yield View(Encoding.HEX, beside, wrapper)
        if standard - hexadecimal and not standard < url:
            yield View(Encoding.BASE64, beside, wrapper)
        if url - hexadecimal - standard:
            yield View(Encoding.BASE64_URL, beside, wrapper)


def _block_or_more(values: Views, view: View) -> pl.Series:
    return (values[view].bin.size() >= BLOCK).fill_null(value=False)


def _wrapped_texts(values: pl.Series) -> list[str]:
    """Values that are text, and that no encoding reads as they are."""
    distinct = values.drop_nulls().unique(maintain_order=True)
    views = Views(pl.DataFrame({"value": distinct, "iv": pl.Series([None] * len(distinct), dtype=pl.Binary)}))
    bare = pl.repeat(value=False, n=len(distinct), dtype=pl.Boolean, eager=True)
    for encoding in (Encoding.BASE64, Encoding.BASE64_URL, Encoding.HEX):
        for beside in (False, True):
            bare |= _block_or_more(views, View(encoding, beside))
    bare &= ~distinct.bin.starts_with(b"0x")  # reads as base64 too, if it happens to end in the right digit
    unread = distinct.filter(~bare)
    texts = (_as_text(value) for value in unread.gather_every(1 + len(unread) // _MOST_TEXTS))
    return [text for text in texts if text]


def _as_text(value: bytes) -> str:
    """ASCII without the line breaks that encoders put in; "" for anything else."""
    return re.sub(r"[\r\n]", "", value.decode().strip()) if value.isascii() else ""


def _members(text: str) -> Iterator[str]:
    """Names of a JSON object's strings that are encoded bytes of a block or more."""
    if not text.startswith("{"):
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(content, Mapping):
        yield from (key for key, each in content.items() if isinstance(each, str) and _is_encoded(each))


def _cuts(text: str) -> Iterator[_Cut]:
    """The text around its longest run of each alphabet."""
    found = set()
    for runs in _RUNS:
        longest = max(runs.finditer(text), key=lambda run: run.end() - run.start(), default=None)
        if longest is None:
            continue
        cut = _Cut(text[: longest.start()], longest[0], text[longest.end() :])
        if _is_side(cut.head) and _is_side(cut.tail):
            found.add(cut)
    yield from sorted(found)


def _is_side(text: str) -> bool:
    return len(text) <= _LONGEST_SIDE and _SIDE.fullmatch(text) is not None


def _around(group: Sequence[_Cut], enough: int) -> dict[Wrapper, int]:
    """The wrappers of values that share head and tail, each with how many values it has."""
    encoded = sum(_is_encoded(cut.core) for cut in group)
    head, tail = group[0].head, group[0].tail
    if 2 * encoded < len(group):
        return _closer(group) if len(group) >= enough else {}
    if head + tail and (encoded >= enough or any(form.fullmatch(f"{head}…{tail}") for form in _USUAL)):
        return {Wrapper(head.encode(), tail.encode()): encoded}
    return {}


def _closer(group: Sequence[_Cut]) -> dict[Wrapper, int]:
    """Wrappers whose head runs on into the alphabet of what they enclose.

    The cut behind a `-`, `_` or `/` comes first; then the shortest heads, since whatever begins alike behind
    them is a version byte, or chance.
    """
    some = group[:: 1 + len(group) // _TRIED_CUTS]
    common = commonprefix([cut.core for cut in group])  # noqa: RUF071  # it is characters that count here
    room = min(len(common), _LONGEST_SIDE - len(group[0].head))
    places = sorted(range(1, room + 1), key=lambda place: (common[place - 1].isalnum(), place))
    found: dict[Wrapper, int] = {}
    for place in places:
        closer = [cut.closer(place) for cut in some]
        encoded = sum(_is_encoded(cut.core) for cut in closer)
        if 2 * encoded > len(some):
            found[Wrapper(closer[0].head.encode(), closer[0].tail.encode())] = len(group)
        if len(found) == _MOST_CUTS:
            break
    return found


def _is_encoded(text: str) -> bool:
    """Whether it decodes to a block or more; both parts of it, if there is a `|` in it."""
    parts = text.split("|")
    return len(parts) <= 2 and all(_decodes(part) for part in parts)


def _decodes(text: str) -> bool:
    """As `audit.trial.views` reads it, padded or not; for one text at a time this is 100 times as fast."""
    if _HEX.fullmatch(text):
        return True
    bare = text.rstrip("=")
    padding = "=" * (-len(bare) % 4)
    if text not in {bare, bare + padding}:
        return False
    standard = bare if "+" in bare or "/" in bare else bare.translate(_TO_STANDARD)
    try:
        content = base64.b64decode(standard + padding, validate=True)
    except ValueError:
        return False
    canonical = base64.b64encode(content).decode() == standard + padding
    return canonical and len(content) >= BLOCK
