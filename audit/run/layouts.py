"""The layouts that stores show, with what known plain texts prove."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from audit.discovery.evidence import Evidence
from audit.discovery.known_text import (
    NOTHING_ELSE,
    KnownText,
    OtherValues,
    confirmed,
    prove,
    without_contradictions,
)
from audit.discovery.sample import sample
from audit.errors import LayoutError, RequestError
from audit.exit_codes import exit_code
from audit.keys.key_ring import KeyRing
from audit.keys.key_rings import KeyRings, labels_of
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts, read_layouts, together
from audit.product import Product
from audit.run.examine import ExaminedProduct
from audit.run.layout_remarks import known_text_remark, left_over_remarks
from audit.run.observer import Observer, SilentObserver
from audit.run.open_questions import open_questions
from audit.run.references import NOBODY, Resolver
from audit.run.run_audit import examine_each_product, rings_for
from audit.run.stores import StoreOpener, StoreOptions
from audit.run.stores_reading import StoresReading, read_stores
from audit.trial.hypothesis import Hypothesis
from audit.verdict import Verdict
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.unread import Unread
from reports.summary import OpenQuestion


@dataclass(frozen=True, slots=True)
class LayoutsRequest:
    """In which stores layouts are looked for, and which plain texts are known.

    Attributes:
        stores: where credentials rest.
        keys: references to the candidate keys, each `[LABEL=]REF`.
        current: labels of the keys that the servers use now, each `[PRODUCT:]LABEL`; without them the stores
            may know.
        layouts: a TOML file of layouts in addition to the known ones.
        known: locations of credentials whose plain text is known.
        known_text: a reference to each of these texts, in the same order; without any they are asked for.
    """

    stores: StoreOptions
    keys: Sequence[str]
    current: str | Sequence[str] = ()
    layouts: Path | None = None
    known: Sequence[str] = ()
    known_text: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LayoutsResult:
    """The answer.

    Attributes:
        table: a row for each layout with its key, of the columns of `LAYOUT_TABLE`.
        remarks: what is worth reporting with it, a sentence each.
        unknown: how many values remain `unknown`.
        questions: what one known text would settle.
        explained: whether each known text was given by some hypothesis.
        supplied: the layouts that were given, with those that are proven now; `write_layouts` keeps them.
        unread: what could not be read, and why.
    """

    table: pl.DataFrame
    remarks: tuple[str, ...]
    unknown: int
    questions: tuple[OpenQuestion, ...]
    explained: bool
    supplied: SuppliedLayouts
    unread: tuple[Unread, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: everything is explained; 10: something is not; 3: something could not be read."""
        open_ends = bool(self.unknown or self.questions) or not self.explained
        return exit_code(complete=not self.unread, attention=open_ends)

    def together(self, more: "LayoutsResult") -> "LayoutsResult":
        """With the answer for another product, which rests on this one's `supplied`."""
        return LayoutsResult(
            table=pl.concat([self.table, more.table]),
            remarks=(*self.remarks, *more.remarks),
            unknown=self.unknown + more.unknown,
            questions=(*self.questions, *more.questions),
            explained=self.explained and more.explained,
            supplied=more.supplied,
        )


LAYOUT_TABLE = pl.Schema(
    {
        "system": pl.String,
        "layout": pl.String,
        "same_as": pl.String,
        "key": pl.String,
        "opened": pl.Int64,
        "tried": pl.Int64,
        "p_value": pl.Float64,
        "established": pl.Boolean,
        "proof": pl.String,
    }
)
"""`same_as`: layouts that the data cannot tell from it. `opened` of `tried`: values of a sample.
`proof`: known text, published, data, or "" where nothing is enough."""


def find_layouts(
    request: LayoutsRequest,
    *,
    ask: Callable[[str], Secret] | None = None,
    resolver: Resolver = NOBODY,
    observer: Observer | None = None,
) -> LayoutsResult:
    """Find out how stored values are encrypted, from the data or with plain texts that are known.

    Args:
        request: what is wanted.
        ask: gives the plain text of the credential at a location, where no reference does.
        resolver: resolves references to keys, passwords and known texts.
        observer: is kept informed.

    Raises:
        RequestError: no store is named, or known texts are not one for each location.
        LayoutError: nothing is stored at a location, or the layouts file makes no sense.
        ParsersError, AuditError: an input that was named cannot be used. What single stores or members could
            not be read is in the answer instead.
    """
    observer = observer or SilentObserver()
    if request.known_text and len(request.known_text) != len(request.known):
        raise RequestError("give one for each --known, or none to be asked", field="known_text")
    if request.known and not request.known_text and ask is None:
        raise RequestError("give one for each known location: nobody can be asked", field="known_text")
    supplied = read_layouts(request.layouts) if request.layouts else NOTHING_SUPPLIED
    keys = resolver.keys(request.keys, observer.remark)
    key_files = [each for each in keys if isinstance(each, KeyFile)]
    stores = StoreOpener(request.stores, key_files, resolver).open_all()
    with observer.working() as progress:
        reading = read_stores(stores, progress)
    rings = rings_for(reading, key_files, labels_of(request.current))
    # All locations are looked up before anybody is asked, and asked before the work, not in the middle of it.
    values = [known_values(location, reading) for location in request.known]
    plain = resolver.passwords(request.known_text)
    if ask is not None and not plain:
        plain = [ask(location) for location in request.known]
    known = [
        KnownText(location, *here, text)
        for location, here, text in zip(request.known, values, plain, strict=True)
    ]
    with observer.working() as progress:
        progress.working_on(f"finding layouts under {len(rings.keys)} keys")
        found = layouts_of(reading, rings, supplied, known)
    unread = (*reading.unread, *(each for each in keys if isinstance(each, Unread)))
    return replace(found, unread=unread)


def known_values(location: str, reading: StoresReading) -> tuple[str, pl.DataFrame]:
    """The product that stores a location, and what is stored there; the columns `value` and `iv`.

    Raises:
        LayoutError: nothing is.
    """
    here = pl.col("location") == location
    found: dict[str, list[pl.DataFrame]] = {}
    for batch in reading.batches:
        values = batch.frame.filter(here).select("value", "iv").drop_nulls("value")
        if values.height:
            found.setdefault(batch.system, []).append(values)
    if not found:
        raise LayoutError(
            f"no stored value at {location!r}",
            hint="locations are those of credentials.csv, such as /projects/P/credentials/C",
        )
    # Products name their locations so differently that none has a value of two.
    system, values_there = next(iter(found.items()))
    return system, pl.concat(values_there)


def layouts_of(
    reading: StoresReading, rings: KeyRings, supplied: SuppliedLayouts, texts: Iterable[KnownText] = ()
) -> LayoutsResult:
    """Find them, for each product in the stores.

    Args:
        reading: the stores.
        rings: the candidate keys.
        supplied: layouts in addition to the known ones.
        texts: known plain texts.
    """
    known = tuple(texts)
    found = LayoutsResult(
        LAYOUT_TABLE.to_frame(), remarks=(), unknown=0, questions=(), explained=True, supplied=supplied
    )
    for ring in rings.rings.values():
        own = [text for text in known if text.system == ring.product.id]
        of_product = reading.of_product(ring.product.id)
        if own or of_product.batches:
            found = found.together(_of_product(of_product, ring, found.supplied, own))
    return found


def _of_product(
    reading: StoresReading, ring: KeyRing, supplied: SuppliedLayouts, known: Sequence[KnownText]
) -> LayoutsResult:
    layouts = tuple(dict.fromkeys((*ring.product.layouts, *supplied.to_try, *supplied.proven)))
    batches = [batch.frame for batch in reading.batches if batch.frame.height]
    population = OtherValues(
        sample(batches) if known and batches else NOTHING_ELSE.values, _proven_constants(supplied)
    )
    proofs = without_contradictions([prove(text, ring.keys, layouts, population) for text in known])
    proven = confirmed(proofs)
    possible = {each for proof in proofs for each in proof.possible}
    with_texts = together(supplied, ((each.layout, ring.keys[each.key].fingerprint) for each in proven))
    to_try = (*with_texts.to_try, *dict.fromkeys(each.layout for each in possible))
    rings = KeyRings({ring.product.id: ring})
    examined = examine_each_product(reading, rings, replace(with_texts, to_try=to_try))
    evidence = [each for one in examined for each in one.discovered.established]
    # A vector that one text of a single block allows, and that opens the store's other values as well.
    proven = (*proven, *(each.hypothesis for each in evidence if each.hypothesis in possible))
    given = [
        [each for each in (*proof.gives, *proof.possible, *proof.doubtful) if each in proven]
        for proof in proofs
    ]
    return LayoutsResult(
        table=pl.concat([LAYOUT_TABLE.to_frame(), *(_table(each, ring, proven) for each in examined)]),
        remarks=(
            *(known_text_remark(*each, ring) for each in zip(known, proofs, given, strict=True)),
            *(sentence for each in examined for sentence in left_over_remarks(each, ring)),
        ),
        unknown=sum(int((each.frame["verdict"] == Verdict.UNKNOWN).sum()) for each in examined),
        questions=tuple(open_questions(examined)),
        explained=all(given),
        supplied=together(
            supplied,
            ((each.layout, ring.keys[each.key].fingerprint) for each in _settled(proven, evidence)),
        ),
    )


def _proven_constants(supplied: SuppliedLayouts) -> dict[str, list[bytes]]:
    """By fingerprint of a key file, the vectors that texts have proven under it before."""
    found: dict[str, list[bytes]] = {}
    for layout, fingerprints in supplied.proven_under.items():
        for each in fingerprints if layout.constant_iv else ():
            found.setdefault(each, []).append(layout.constant_iv)
    return found


def _settled(proven: Sequence[Hypothesis], evidence: Iterable[Evidence]) -> list[Hypothesis]:
    """Keys in proven layouts; of those that one text cannot tell apart, those that the store shows."""
    shown = {each for one in evidence if one.opened for each in one.alike}
    by_key: dict[int, list[Hypothesis]] = {}
    for each in proven:
        by_key.setdefault(each.key, []).append(each)
    return [
        each for of_key in by_key.values() for each in ([one for one in of_key if one in shown] or of_key)
    ]


def _table(examined: ExaminedProduct, ring: KeyRing, proven: Sequence[Hypothesis]) -> pl.DataFrame:
    found, product = examined.discovered, ring.product
    rows = [
        {
            "system": product.id,
            "layout": each.names[0],
            "same_as": ", ".join(each.names[1:]),
            "key": ring.keys[each.hypothesis.key].label,
            "opened": each.opened,
            "tried": each.tried,
            "p_value": each.p_value,
            "established": each.established,
            "proof": _proof(each, product, proven),
        }
        for each in (*found.established, *found.guesses)
    ]
    return pl.DataFrame(rows, schema=LAYOUT_TABLE)


def _proof(evidence: Evidence, product: Product, proven: Sequence[Hypothesis]) -> str:
    if any(each in proven for each in evidence.alike):
        return "known text"
    if evidence.hypothesis.layout in product.published:
        return "published"
    if evidence.proven:  # in a run before this one, which wrote it into the layouts file
        return "known text"
    return "data" if evidence.established else ""
