"""An estate read as a whole, before any check looks at it."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from audit.fingerprint_dates import comparable
from audit.key_ring import KeyRing
from audit.layouts.user_supplied import Supplied
from audit.readiness.conf_folder import read_conf_folder
from audit.readiness.estate import ConfFolder, Estate, FileMode, JudgedStores, KeyPlace
from audit.readiness.request import ReadinessRequest
from audit.run_audit import examine_each_product, ring_for
from audit.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile
from parsers.keys.reference import Place, split_reference
from parsers.progress import Progress
from parsers.stores.interface import Store
from parsers.unread import Unread
from reports.schema import CREDENTIALS

_OWN: Final = "own"
_IMPORTS: Final = "imports"
_BACKUPS: Final = "backups"


def read_estate(request: ReadinessRequest, progress: Progress) -> Estate:
    """Everything, once; what cannot be read is part of the estate.

    The server's key is the one that `request.current` labels; else the one that the stores name; else, where
    they name none, the one that all nodes' folders hold.

    Raises:
        KeyRingError: the current key is not among the candidates.
    """
    conf = tuple(read_conf_folder(label, path) for label, path in request.conf)
    groups: dict[str, Sequence[Store | Unread]] = {
        _OWN: request.stores,
        _IMPORTS: request.imports,
        _BACKUPS: request.backups,
    }
    readings = {group: _read(stores, progress) for group, stores in groups.items()}
    systems = frozenset(batch["system"][0] for batch in readings[_OWN].batches if batch.height)
    ring = _ring(request, conf, readings[_OWN])
    credentials = _judged_together(readings, ring, request.supplied)

    def judged(group: str) -> JudgedStores:
        return JudgedStores(
            labels=tuple(each.path if isinstance(each, Unread) else each.label for each in groups[group]),
            credentials=credentials.filter(pl.col("store") == group),
            fingerprints=tuple(readings[group].seen),
            unread=tuple(readings[group].unread),
        )

    return Estate(
        systems=systems,
        ring=ring,
        stores=judged(_OWN),
        imports=judged(_IMPORTS),
        backup=judged(_BACKUPS),
        key_places=tuple(_places(request, conf)),
        key_modes=tuple(_modes(_key_files(request, conf))),
        conf=conf,
        unread_keys=tuple(each for each in (*request.keys, *request.copies) if isinstance(each, Unread)),
    )


def _read(stores: Sequence[Store | Unread], progress: Progress) -> StoresReading:
    reading = read_stores([each for each in stores if not isinstance(each, Unread)], progress)
    reading.unread.extend(each for each in stores if isinstance(each, Unread))
    return reading


def _key_files(request: ReadinessRequest, conf: Sequence[ConfFolder]) -> list[KeyFile]:
    """The candidates first: where one is given twice, its label is the one that the user gave."""
    given = [each for each in (*request.keys, *request.copies) if isinstance(each, KeyFile)]
    return [*given, *(folder.key for folder in conf if folder.key)]


def _ring(request: ReadinessRequest, conf: Sequence[ConfFolder], own: StoresReading) -> KeyRing:
    in_use = {folder.key.master_key or folder.key.content: folder.key.label for folder in conf if folder.key}
    current = request.current
    if current is None and not comparable(own.seen) and len(in_use) == 1:
        (current,) = in_use.values()
    return ring_for(own, _key_files(request, conf), current)


def _judged_together(
    readings: Mapping[str, StoresReading], ring: KeyRing, supplied: Supplied
) -> pl.DataFrame:
    """All values, with the group that they are from as `store`.

    Together, since what the server's own store shows of the ciphertext's layout helps with an import of few
    values, whose keys may all be missing.
    """
    together = StoresReading(
        batches=[
            batch.with_columns(store=pl.lit(group))
            for group, reading in readings.items()
            for batch in reading.batches
        ]
    )
    columns = ("system", "kind", "location", "verdict", "store")
    frames = [each.frame.select(columns) for each in examine_each_product(together, ring, supplied)]
    return pl.concat(frames) if frames else CREDENTIALS.to_frame().select(columns)


def _places(request: ReadinessRequest, conf: Sequence[ConfFolder]) -> Iterator[KeyPlace]:
    for folder in conf:
        if folder.key:
            yield KeyPlace(folder.key.label, folder.key)
    for copy in request.copies:
        if isinstance(copy, KeyFile):
            yield KeyPlace(copy.label, copy)


def _modes(files: Iterable[KeyFile]) -> Iterator[FileMode]:
    """Each path once; other references than paths have no mode."""
    for reference in dict.fromkeys(file.reference for file in files):
        place, path = split_reference(reference)
        if place is Place.FILE:
            yield FileMode(path, _mode(Path(path)))


def _mode(path: Path) -> int | None:
    if os.name != "posix":
        return None
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # it vanished after it was read
        return None
