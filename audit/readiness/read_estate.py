"""An estate read as a whole, before any check looks at it."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from audit.keys.key_dates import comparable
from audit.keys.key_rings import KeyRings
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.product import Product
from audit.products import product_of
from audit.readiness.conf_folder import read_conf_folder
from audit.readiness.estate import ConfFolder, Estate, FileMode, JudgedStores, KeyPlace
from audit.run.run_audit import examine_each_product, rings_for
from audit.run.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile
from parsers.keys.reference import Place, split_reference
from parsers.progress import Progress
from parsers.stores.interface import Store, StoredValues
from parsers.unread import Unread
from reports.schema import CREDENTIALS

_OWN: Final = "own"
_IMPORTS: Final = "imports"
_BACKUPS: Final = "backups"


@dataclass(frozen=True, slots=True)
class OpenedEstate:
    """An estate whose stores and keys are opened, and not yet read.

    Attributes:
        stores: the server's own.
        imports: exports that are about to be imported, and what was no store.
        backups: restored backups, likewise.
        keys: the candidates, and what was no key.
        copies: further places of the server's key, by label.
        conf: the nodes' folders, by label.
        current: labels of the keys that the servers use now, if the user named them.
        supplied: layouts in addition to the known ones.
    """

    stores: Sequence[Store]
    imports: Sequence[Store | Unread]
    backups: Sequence[Store | Unread]
    keys: Sequence[KeyFile | Unread]
    copies: Sequence[KeyFile | Unread]
    conf: Sequence[tuple[str, Path]]
    current: Sequence[str]
    supplied: SuppliedLayouts = NOTHING_SUPPLIED


def read_estates(request: OpenedEstate, progress: Progress) -> list[Estate]:
    """Everything, once; what cannot be read is part of an estate. One for each product that is there.

    A server's key is the one that `request.current` labels; else the one that the stores name; else, where
    they name none, the one that all nodes' folders hold.

    Raises:
        KeyRingError: a current key is not among the candidates.
    """
    conf = tuple(read_conf_folder(label, path) for label, path in request.conf)
    groups: dict[str, Sequence[Store | Unread]] = {
        _OWN: request.stores,
        _IMPORTS: request.imports,
        _BACKUPS: request.backups,
    }
    readings = {group: _read(stores, progress) for group, stores in groups.items()}
    rings = _rings(request, conf, readings[_OWN])
    credentials = _judged_together(readings, rings, request.supplied)
    products = [ring.product for ring in rings.rings.values()]

    def judged(group: str, product: Product) -> JudgedStores:
        reading = readings[group].of_product(product.id)
        foreign = {each.label for each in readings[group].read} - {each.label for each in reading.read}
        labels = (each.path if isinstance(each, Unread) else each.label for each in groups[group])
        return JudgedStores(
            labels=tuple(label for label in labels if label not in foreign),
            credentials=credentials.filter(pl.col("store") == group, pl.col("system") == product.id),
            fingerprints=tuple(reading.seen) if product.keys.named_by_fingerprint else (),
            unread=tuple(reading.unread),
        )

    return [
        Estate(
            product=ring.product,
            ring=ring,
            stores=judged(_OWN, ring.product),
            imports=judged(_IMPORTS, ring.product),
            backup=judged(_BACKUPS, ring.product),
            key_places=tuple(_places(request, own_conf, ring.product, products)),
            key_modes=tuple(
                _modes(
                    file for file in _key_files(request, own_conf) if _belongs(file, ring.product, products)
                )
            ),
            conf=own_conf,
            unread_keys=tuple(each for each in (*request.keys, *request.copies) if isinstance(each, Unread)),
        )
        for ring in rings.rings.values()
        for own_conf in [_folders_of(ring.product, conf, products)]
    ]


def _folders_of(
    product: Product, conf: Sequence[ConfFolder], products: Sequence[Product]
) -> tuple[ConfFolder, ...]:
    """The nodes' folders that hold its key, and those that hold none, whose product is not known."""
    if len(products) == 1:
        return tuple(conf)
    return tuple(folder for folder in conf if folder.system in {product.id, ""})


def _belongs(file: KeyFile, product: Product, products: Sequence[Product]) -> bool:
    """Whether a file is to be looked at for this product: by its form, or else where it may be a key."""
    if len(products) == 1:
        return True
    formed = [each for each in products if each.keys.has_form(file)]
    return product in formed if formed else product.keys.may_be(file)


def _read(stores: Sequence[Store | Unread], progress: Progress) -> StoresReading:
    reading = read_stores([each for each in stores if not isinstance(each, Unread)], progress)
    reading.unread.extend(each for each in stores if isinstance(each, Unread))
    return reading


def _key_files(request: OpenedEstate, conf: Sequence[ConfFolder]) -> list[KeyFile]:
    """The candidates first: where one is given twice, its label is the one that the user gave."""
    given = [each for each in (*request.keys, *request.copies) if isinstance(each, KeyFile)]
    return [*given, *(folder.key for folder in conf if folder.key)]


def _rings(request: OpenedEstate, conf: Sequence[ConfFolder], own: StoresReading) -> KeyRings:
    files = _key_files(request, conf)
    systems = own.systems() or {folder.system for folder in conf if folder.system}
    rings = rings_for(own, files, request.current, logged_of=systems)
    by_nodes = [
        label
        for product in map(product_of, sorted(systems))
        # With several products, the user may have named the key of only one.
        if not request.current or rings.of(product).current is None
        for label in _in_use(product, conf, own)
    ]
    return rings_for(own, files, [*request.current, *by_nodes], logged_of=systems) if by_nodes else rings


def _in_use(product: Product, conf: Sequence[ConfFolder], own: StoresReading) -> list[str]:
    """The key that all nodes' folders hold, where no store names any; as `--current` would name it."""
    if product.keys.named_by_fingerprint and comparable(own.seen):
        return []
    keys = [folder.key for folder in conf if folder.key and folder.system == product.id]
    in_use = {product.keys.identity(key): key.label for key in keys}
    return [f"{product.id}:{label}" for label in in_use.values()] if len(in_use) == 1 else []


def _judged_together(
    readings: Mapping[str, StoresReading], rings: KeyRings, supplied: SuppliedLayouts
) -> pl.DataFrame:
    """All values, with the group that they are from as `store`.

    Together, since what the server's own store shows of the ciphertext's layout helps with an import of few
    values, whose keys may all be missing.
    """
    together = StoresReading(
        batches=[
            StoredValues(batch.frame.with_columns(store=pl.lit(group)))
            for group, reading in readings.items()
            for batch in reading.batches
        ]
    )
    columns = ("system", "kind", "location", "verdict", "store")
    frames = [each.frame.select(columns) for each in examine_each_product(together, rings, supplied)]
    return pl.concat(frames) if frames else CREDENTIALS.to_frame().select(columns)


def _places(
    request: OpenedEstate, conf: Sequence[ConfFolder], product: Product, products: Sequence[Product]
) -> Iterator[KeyPlace]:
    for folder in conf:
        if folder.key:
            yield KeyPlace(folder.key.label, folder.key)
    for copy in request.copies:
        if isinstance(copy, KeyFile) and _belongs(copy, product, products):
            yield KeyPlace(copy.label, copy)


def _modes(files: Iterable[KeyFile]) -> Iterator[FileMode]:
    """Each file once, as it was named first; other references than paths have no mode."""
    seen = set[Path]()
    for place, path in (split_reference(file.reference) for file in files):
        if place is Place.FILE and (real := Path(path).resolve()) not in seen:
            seen.add(real)
            yield FileMode(path, _mode(real))


def _mode(path: Path) -> int | None:
    if os.name != "posix":
        return None
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # it vanished after it was read
        return None
