"""The candidate keys of a run: a ring for each product whose values it holds."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit.errors import KeyRingError
from audit.keys.key_ring import Key, KeyRing, make_key_ring
from audit.product import Product
from parsers.keys.key_file import KeyFile
from parsers.stores.interface import FingerprintSeen

_OF: Final = ":"


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The label of a key that was named, and its product: "" for whichever it is a key of."""

    label: str
    system: str = ""
    named_by: str = "you said"


@dataclass(frozen=True, slots=True)
class KeyRings:
    """A key of one product is neither tried on another's values nor counted for it, whatever its file holds.

    Attributes:
        rings: by product, in the order of their ids; at least one.
    """

    rings: Mapping[str, KeyRing]

    def of(self, product: Product) -> KeyRing:
        """The product's ring; an empty one where it has no values here."""
        return self.rings.get(product.id) or KeyRing(product, (), ())

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, each label once: a file that may be a key of two products stands where it is current."""
        found: dict[str, Key] = {}
        for ring in self.rings.values():
            for key in ring.keys:
                if key.label not in found or key.current:
                    found[key.label] = key
        return tuple(found.values())

    @property
    def fingerprinted(self) -> KeyRing:
        """The ring of the product whose stores and logs name keys by fingerprint, or else the first."""
        rings = list(self.rings.values())
        return next((ring for ring in rings if ring.product.keys.named_by_fingerprint), rings[0])

    @property
    def remarks(self) -> tuple[str, ...]:
        """Those of each ring; where there are several, with the product's name in front."""
        if len(self.rings) == 1:
            return next(iter(self.rings.values())).remarks
        return tuple(
            f"{ring.product.title}: {remark}" for ring in self.rings.values() for remark in ring.remarks
        )


def make_key_rings(  # each is one fact about the run
    products: Sequence[Product],
    files: Sequence[KeyFile],
    *,
    chosen: Sequence[KeyChoice],
    seen: Sequence[FingerprintSeen],
    logged: Sequence[FingerprintSeen] = (),
) -> KeyRings:
    """The rings of these files, one for each product.

    Of a run over one product every file is a candidate. Of several, a file is one for each product whose key
    it may be. One that has the form of a product's keys is taken for that product's where it is named,
    unless a store of another names its fingerprint.

    Args:
        products: those whose values are there; at least one.
        files: the candidates.
        chosen: the current keys that were named.
        seen: the fingerprints that the stores name.
        logged: those that logs name.

    Raises:
        KeyRingError: a label is none, or may be meant of more than one product; or two are named for one.
    """
    own = {
        product.id: [file for file in files if len(products) == 1 or product.keys.may_be(file)]
        for product in products
    }
    current: dict[str, KeyChoice] = {}
    for each in chosen:
        product = meant(each.label, each.system, products, own, seen)
        before = current.setdefault(product.id, each)
        if before.named_by == each.named_by and before.label != each.label:
            raise KeyRingError(
                f"{before.label!r} and {each.label!r} cannot both be the current key of {product.title}",
                hint="say --current once for each product",
            )
    rings = {}
    for product in products:
        choice = current.get(product.id)
        named = product.keys.named_by_fingerprint
        rings[product.id] = make_key_ring(
            product,
            own[product.id],
            current_label=choice.label if choice else None,
            named_by=choice.named_by if choice else "",
            seen=seen if named else (),
            logged=logged if named else (),
        )
    return KeyRings(rings)


def meant(
    label: str,
    system: str,
    products: Sequence[Product],
    files: Mapping[str, Sequence[KeyFile]],
    seen: Sequence[FingerprintSeen],
) -> Product:
    """The product whose key a label means.

    Each file with the label is taken for one product: the one whose stores name it, or else the one whose
    form it has. Two files of one label may so be keys of two products, and then it is ambiguous.

    Args:
        label: of a key.
        system: the product that was given with it, or "".
        products: those that may be meant.
        files: the candidates of each.
        seen: the fingerprints that the stores name.

    Raises:
        KeyRingError: no key has this label, or keys of more than one product have; or nothing is there of the
            product that was given.
    """
    asked = [product for product in products if system in {"", product.id}]
    if not asked:
        here = ", ".join(product.id for product in products)
        raise KeyRingError(
            f"no values of {system} were read: {system}{_OF}{label} is a key of nothing here",
            hint=f"what was read is of {here}",
        )
    if len(products) == 1:
        return products[0]
    named = {each.fingerprint for each in seen}
    labelled = [file for product in asked for file in files[product.id] if file.label == label]
    taken = [_taken_for(file, asked, named) for file in labelled]
    possible = [product for product in asked if any(product in each for each in taken)]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        labels = ", ".join(dict.fromkeys(file.label for own in files.values() for file in own))
        raise KeyRingError(
            f"no key is labelled {label!r}", hint=f"labels: {labels or 'none, no key was given'}"
        )
    either = " or ".join(f"{product.id}{_OF}{label}" for product in possible)
    raise KeyRingError(f"{label!r} may be a key of several products", hint=f"say {either}")


def labels_of_others(
    product: Product,
    products: Sequence[Product],
    files: Iterable[KeyFile],
    seen: Iterable[FingerprintSeen],
) -> frozenset[str]:
    """The labels under which no key of `product` is meant, since their files are taken for other products."""
    named = {each.fingerprint for each in seen}
    labelled: dict[str, bool] = {}
    for file in files:
        own = product in _taken_for(file, products, named)
        labelled[file.label] = own or labelled.get(file.label, False)
    return frozenset(label for label, own in labelled.items() if not own)


def _taken_for(file: KeyFile, products: Sequence[Product], named: Container[str]) -> list[Product]:
    """The products whose key a file is: one whose stores name it, or else whose form it has, or else all."""
    possible = [product for product in products if product.keys.may_be(file)]
    by_store = [each for each in possible if each.keys.named_by_fingerprint and file.fingerprint in named]
    return by_store or [each for each in possible if each.keys.has_form(file)] or possible


def split_product(label: str, products: Sequence[Product]) -> tuple[str, str]:
    """`PRODUCT:LABEL` in its parts, the product's id first; "" where there is none in front."""
    system, colon, rest = label.partition(_OF)
    return (system, rest) if colon and system in {each.id for each in products} else ("", label)


def refuse_unknown_labels(
    files: Sequence[KeyFile], labels: Iterable[str], products: Sequence[Product]
) -> None:
    """Refuse a label that no key has: before hours of reading, not after.

    Raises:
        KeyRingError: no key has it.
    """
    rings = [make_key_ring(product, files, current_label=None, seen=()) for product in products]
    known = dict.fromkeys(each for ring in rings for key in ring.keys for each in (key.label, *key.aliases))
    for label in labels:
        if label not in known and split_product(label, products)[1] not in known:
            raise KeyRingError(
                f"no key is labelled {label!r}",
                hint=f"labels: {', '.join(known) or 'none, no key was given'}",
            )


def labels_of(current: str | Sequence[str]) -> Sequence[str]:
    """One label or several: a single one is not taken for its letters."""
    return [current] if isinstance(current, str) else current
