"""One credential's plain text, which turns evidence for a layout into proof."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import polars as pl

from audit.discovery.chains import TYPED_VECTORS, first_blocks, single_blocks
from audit.discovery.evidence import hardly_chance
from audit.discovery.first_block import FirstBlocks
from audit.discovery.mistyped import Doubt, Neighbours, disagree, doubt, is_near_a_key
from audit.discovery.single_witness import padding_contradicts
from audit.discovery.wrappers import wrapped
from audit.keys.key_ring import Key
from audit.layouts.layout import BLOCK, Iv, Layout, Padding, with_prefixes
from audit.trial.aes_columns import AesColumns
from audit.trial.best import CLEARLY_LIKELIER
from audit.trial.groups import Bytes, Group, by_length
from audit.trial.hypothesis import Hypothesis, hypotheses, without_looser
from audit.trial.opened import OpenedValues
from audit.trial.try_keys import try_keys
from audit.trial.views import View, Views
from parsers.secret import Secret

PROPOSED_TEXT: Final = "passkey-audit: no secret, just three blocks."
"""44 bytes: three AES blocks, all different. The first gives the vector, the others mode and key form, the
last one the padding; one block fewer leaves a constant vector and a vector in front alike."""

_LONGEST_PREFIX: Final = 8


@dataclass(frozen=True, slots=True)
class KnownText:
    """What somebody knows of a stored value.

    Attributes:
        location: where a person finds the credential.
        system: the product that stores it.
        values: what is stored there; the columns `value` and `iv`.
        plain: the secret, as UTF-8.
    """

    location: str
    system: str
    values: pl.DataFrame
    plain: Secret


@dataclass(frozen=True, slots=True)
class KnownTextProof:
    """What a known text shows.

    Attributes:
        gives: hypotheses that turn the stored value into exactly this text. By chance one does with
            probability 2⁻¹²⁸. A constant vector that nobody knew is solved.
        possible: with a value of a single block and an unknown constant vector every key has one vector that
            gives the text: these, which other values or a second known text must confirm.
        doubtful: solved vectors that a mistake in the first 16 bytes of the text would give as well; a second
            known text may confirm them. None of them is near to a key.
        doubts: why nothing is given although the blocks after the first are those of the text.
        form: how the text was read, where it is not what was typed: "in UTF-16", "without its line end".
        witness: SHA-256 of the stored values; equal values with equal texts are one piece of knowledge.
    """

    gives: tuple[Hypothesis, ...]
    possible: tuple[Hypothesis, ...]
    doubtful: tuple[Hypothesis, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    form: str = ""
    witness: str = ""


_NOTHING: Final = KnownTextProof((), ())


@dataclass(frozen=True, slots=True)
class OtherValues:
    """What a solved vector is compared with.

    Attributes:
        values: a sample of the store, columns `value` and `iv`.
        proven: by fingerprint of a key file, the constants that texts have proven under it before.
    """

    values: pl.DataFrame
    proven: Mapping[str, Sequence[bytes]] = field(default_factory=dict)


NOTHING_ELSE: Final = OtherValues(pl.DataFrame(schema={"value": pl.Binary, "iv": pl.Binary}))
"""No other value is known."""


def prove(
    known: KnownText,
    keys: Sequence[Key],
    layouts: Iterable[Layout],
    population: OtherValues = NOTHING_ELSE,
) -> KnownTextProof:
    """Try every key in every layout, after every prefix too that the value itself begins with.

    A text that nothing gives is read in other ways too: without what is left over at its ends, and in the
    encodings that older programs store.

    Args:
        known: the value and its text.
        keys: the candidates.
        layouts: those to try.
        population: the store's other values.
    """
    listed = tuple(layouts)
    as_typed = first = _prove(known, keys, listed, population)
    for form, text in _other_forms(known.plain.reveal()):
        if as_typed.gives or as_typed.possible or as_typed.doubts:
            break
        as_typed = replace(_prove(replace(known, plain=text), keys, listed, population), form=form)
        as_typed = replace(as_typed, possible=())  # every text of a block has vectors that give it
    proof = as_typed if as_typed.gives or as_typed.doubts else first
    return replace(proof, witness=_digest(known.values)) if proof != _NOTHING else proof


def _digest(values: pl.DataFrame) -> str:
    return hashlib.sha256(b"".join(sorted(set(values["value"].drop_nulls())))).hexdigest()


def _prove(
    known: KnownText, keys: Sequence[Key], listed: tuple[Layout, ...], population: OtherValues
) -> KnownTextProof:
    values = Views(known.values)
    wanted = (*listed, *wrapped(listed, values))
    tried = hypotheses(keys, (*wanted, *_behind_own_prefixes(wanted, values)))
    plain = np.frombuffer(known.plain.reveal(), np.uint8)
    found = _likeliest(
        (tried[opened.hypothesis], row, log10)
        for opened in try_keys(values, tried)
        for row, log10 in _rows_with(opened, plain, tried[opened.hypothesis])
    )
    gives = [each for each, _ in found if each.layout.iv is not Iv.UNKNOWN]
    if gives:
        return KnownTextProof(without_looser(dict.fromkeys(gives)), ())
    judge = _SolvedVectors(known, keys, population)
    if found:
        solved = [_solved(each, row, values, plain) for each, row in found]
        return judge.sorted_out(without_looser(dict.fromkeys(solved)), possible=())
    unknown = [each for each in hypotheses(keys, wanted) if each.layout.iv is Iv.UNKNOWN]
    possible = [each for one in unknown for each in _single_block(one, values, plain)]
    return judge.sorted_out((), possible=tuple(dict.fromkeys(possible)))


@dataclass(frozen=True, slots=True)
class _SolvedVectors:
    """The doubts about vectors that a text gives."""

    known: KnownText
    keys: Sequence[Key]
    population: OtherValues

    def sorted_out(self, solved: Sequence[Hypothesis], possible: Sequence[Hypothesis]) -> KnownTextProof:
        doubts = {each: self._doubt(each) for each in (*solved, *possible)}
        contradicted = {
            (each.aes_key, each.layout.constant_iv) for each, one in doubts.items() if one is Doubt.DATA
        }
        # A looser padding would hide what the stricter one of the same text shows of the vector.
        for each, one in doubts.items():
            if one is None and (each.aes_key, each.layout.constant_iv) in contradicted:
                doubts[each] = Doubt.DATA
        met = dict.fromkeys(one for each in solved if (one := doubts[each]))
        return KnownTextProof(
            gives=tuple(each for each in solved if doubts[each] is None),
            possible=tuple(each for each in possible if doubts[each] is None),
            doubtful=tuple(each for each, one in doubts.items() if one not in {None, Doubt.KEY}),
            doubts=tuple(met),
        )

    def _doubt(self, hypothesis: Hypothesis) -> Doubt | None:
        vector = hypothesis.layout.constant_iv
        if is_near_a_key(vector, hypothesis.aes_key.reveal(), self.keys):
            return Doubt.KEY
        proven = self.population.proven.get(self.keys[hypothesis.key].fingerprint, ())
        near = Neighbours((bytes(BLOCK), *TYPED_VECTORS), proven)
        text, proposed = self.known.plain.reveal(), PROPOSED_TEXT.encode()
        if text != proposed and text[BLOCK:] == proposed[BLOCK:]:
            return Doubt.PROPOSED
        doubted = doubt(vector, self._others(hypothesis), near, as_proposed=text == proposed)
        return doubted or (Doubt.DATA if self._single_blocks_contradict(hypothesis) else None)

    def _single_blocks_contradict(self, hypothesis: Hypothesis) -> bool:
        others = Views(self.population.values)[View.of(hypothesis.layout)]
        blocks = AesColumns(hypothesis.aes_key).decrypt(single_blocks(others, hypothesis))
        return padding_contradicts(blocks, hypothesis.layout.constant_iv, hypothesis.layout.padding)

    def _others(self, hypothesis: Hypothesis) -> FirstBlocks:
        """First blocks of other values that this key opens, whatever stands before them."""
        hidden = replace(hypothesis, layout=replace(hypothesis.layout, iv=Iv.UNKNOWN, constant_iv=b""))
        own = self.known.values["value"].implode()
        others = Views(self.population.values.filter(~pl.col("value").is_in(own)))
        decoded = others[View.of(hidden.layout)]
        if decoded.is_empty():
            return first_blocks(decoded, hidden)
        rows = [
            opened.rows[hardly_chance(opened.log10, len(decoded))] for opened in try_keys(others, [hidden])
        ]
        return first_blocks(decoded.gather(np.concatenate([*rows, np.zeros(0, np.intp)])), hidden)


def _other_forms(text: bytes) -> Iterator[tuple[str, Secret]]:
    """What may have been stored where this was typed, or given in a file."""
    yield from _of_bytes(text)
    try:
        typed = text.decode()
    except UnicodeDecodeError:
        return
    for name, encoding in _ENCODINGS.items():
        with suppress(UnicodeEncodeError):
            yield f"in {name}", Secret(typed.encode(encoding))
    for form in ("NFC", "NFD"):
        if (other := unicodedata.normalize(form, typed)) != typed:
            yield f"in Unicode's form {form}", Secret(other.encode())


def _of_bytes(text: bytes) -> Iterator[tuple[str, Secret]]:
    if (bare := text.rstrip(b"\r\n")) != text:
        yield "without its line end", Secret(bare)
    if (bare := text.strip()) != text:
        yield "without the white space around it", Secret(bare)
    for end in (b"\n", b"\r\n"):
        yield "with a line end", Secret(text + end)


_ENCODINGS: Final = {"UTF-16": "utf-16-le", "UTF-16 (big-endian)": "utf-16-be", "Latin-1": "cp1252"}
"""Those that programs on Windows store: Latin-1 as Microsoft has it."""


def confirmed(proofs: Sequence[KnownTextProof]) -> tuple[Hypothesis, ...]:
    """What the texts prove together: what one of them proves, or two of different values say alike."""
    distinct = dict.fromkeys(proofs)  # the same knowledge twice confirms nothing
    proven = [each for proof in distinct for each in proof.gives]
    possible = [each for proof in distinct for each in (*proof.possible, *proof.doubtful)]
    twice = [each for each in possible if possible.count(each) > 1 or each in proven]
    return tuple(dict.fromkeys((*proven, *twice)))


def without_contradictions(proofs: Sequence[KnownTextProof]) -> list[KnownTextProof]:
    """The proofs, but for vectors that two texts give with a few bytes' difference: one was mistyped.

    Which one is not known, unless a third text gives one of them as well.
    """
    found = [each for proof in dict.fromkeys(proofs) for each in proof.gives if each.layout.constant_iv]
    disagreeing = {
        one
        for one in found
        if found.count(one) == 1
        and any(
            (one.key, one.layout.chain) == (other.key, other.layout.chain)
            and disagree(one.layout.constant_iv, other.layout.constant_iv)
            for other in found
        )
    }
    return [
        replace(
            proof,
            gives=tuple(each for each in proof.gives if each not in disagreeing),
            doubtful=(*proof.doubtful, *(each for each in proof.gives if each in disagreeing)),
            doubts=(*proof.doubts, Doubt.ANOTHER_TEXT),
        )
        if disagreeing.intersection(proof.gives)
        else proof
        for proof in proofs
    ]


def _behind_own_prefixes(layouts: Sequence[Layout], values: Views) -> Iterator[Layout]:
    for view in dict.fromkeys(View.of(layout) for layout in layouts):
        of_view = [layout for layout in layouts if View.of(layout) == view and not layout.prefix]
        at = BLOCK if view.beside else 0
        for value in values[view].drop_nulls():
            prefixes = [value[at : at + size] for size in range(1, _LONGEST_PREFIX + 1)]
            yield from (each for each in with_prefixes(of_view, prefixes) if each.fits(len(value)))


def _likeliest(found: Iterable[tuple[Hypothesis, int, float]]) -> list[tuple[Hypothesis, int]]:
    """Of paddings that give the same text, those that chance hardly gives: PKCS#7 is ISO 10126 as well."""
    listed = list(found)
    best = min((log10 for _, _, log10 in listed), default=0.0)
    return [(each, row) for each, row, log10 in listed if log10 - best < CLEARLY_LIKELIER]


def _rows_with(opened: OpenedValues, plain: Bytes, hypothesis: Hypothesis) -> Iterator[tuple[int, float]]:
    """Rows opened to this text, as far as it shows (not its block behind an unknown vector); the odds."""
    hidden = BLOCK if hypothesis.layout.iv is Iv.UNKNOWN else 0
    shown = plain[hidden:]
    for row, bytes_, length, log10 in zip(
        opened.rows, opened.plain, opened.lengths, opened.log10, strict=True
    ):
        if length + hidden == len(plain) and np.array_equal(bytes_[:length], shown):
            yield int(row), float(log10)


def _solved(hypothesis: Hypothesis, row: int, values: Views, plain: Bytes) -> Hypothesis:
    """The hypothesis with its constant vector, no longer unknown: IV = D(C₁) ⊕ P₁."""
    value = values[View.of(hypothesis.layout)][row]
    start = len(hypothesis.layout.prefix)
    return _with_vector(hypothesis, value[start : start + BLOCK], plain[:BLOCK])


def _single_block(hypothesis: Hypothesis, values: Views, plain: Bytes) -> Iterator[Hypothesis]:
    missing = BLOCK - len(plain)
    if missing <= 0:
        return
    match hypothesis.layout.padding:
        case Padding.ISO10126:
            return  # its bytes are random: nobody knows the block that was encrypted
        case Padding.PKCS7:
            filling = bytes([missing]) * missing
        case Padding.X923:
            filling = bytes(missing - 1) + bytes([missing])
        case Padding.ZERO | Padding.STAR as padding:
            filling = bytes([padding.fill or 0]) * missing
    padded = np.concatenate([plain, np.frombuffer(filling, np.uint8)])
    for group in by_length(values[View.of(hypothesis.layout)], hypothesis.layout.hides):
        behind: Group = group.without(hypothesis.layout.prefix, 0)
        for row in behind.data:
            yield _with_vector(hypothesis, row.tobytes(), padded)


def _with_vector(hypothesis: Hypothesis, first_block: bytes, plain: Bytes) -> Hypothesis:
    block = np.frombuffer(first_block, np.uint8)
    vector = (AesColumns(hypothesis.aes_key).decrypt(block) ^ plain).tobytes()

    def solved(layout: Layout) -> Layout:
        return replace(layout, iv=Iv.CONSTANT, constant_iv=vector)

    same_as = tuple(solved(layout) for layout in hypothesis.same_as)
    return replace(hypothesis, layout=solved(hypothesis.layout), same_as=same_as)
