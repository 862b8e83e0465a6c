"""Carry out a plan for a file store: write a new file, read it again, and remove it if the proof fails."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import polars as pl

from audit.errors import ReencryptionError
from audit.reencryption.plan import Plan, with_outcomes
from audit.reencryption.proof import prove
from audit.reencryption.state import State
from audit.reencryption.write_and_prove import PlanOutcome
from audit.run.stores_reading import StoresReading, read_stores
from parsers.progress import Progress
from parsers.stores.interface import Store
from parsers.stores.schema import STORED
from parsers.stores.store_writer import FileRewrite
from reports.files import atomic_file, private_folder, remove_file

_REMOVED = "the new file failed its proof, and was removed"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a store is written anew, and how it is opened there as a store.

    A file name that ends in `.gz` is compressed.
    """

    path: Path
    reopen: Callable[[Path], Store]


def refuse_place(source: Store, out: Path) -> None:
    """Check that the new store can be written there.

    Raises:
        ReencryptionError: it is the source itself, or something else stands there.
    """
    if Path(source.label).exists() and out.resolve() == Path(source.label).resolve():
        raise ReencryptionError("--out is the store itself, which is never changed in place")
    if out.is_dir() and not Path(source.label).is_dir():
        raise ReencryptionError(f"{str(out)!r} is a folder", hint="name a file with --out")
    if out.is_dir() and any(out.iterdir()):
        raise ReencryptionError(f"{str(out)!r} is not empty", hint="name a new folder with --out")
    if Path(source.label).is_dir() and out.exists() and not out.is_dir():
        raise ReencryptionError(f"{str(out)!r} is not a folder", hint="the store is one: name a new folder")
    if out.exists() and not out.is_dir():
        raise ReencryptionError(f"{str(out)!r} is there already", hint="name a new file with --out")


def reencrypt_out_of_place(
    plan: Plan,
    source: Store,
    rewriting: FileRewrite,
    destination: Destination,
    progress: Progress,
) -> PlanOutcome:
    """Write the store anew, then read what was written and prove it.

    Args:
        plan: what is to be written.
        source: the store as it is.
        rewriting: its values found.
        destination: where the new one goes.
        progress: shows what is being done.

    Raises:
        OutputError: it cannot be written: nothing stands there.
        StoreError, ArchiveError: the source cannot be read.
    """
    out = destination.path
    planned = plan.planned.get(source.label, ())
    progress.working_on(str(out))
    written = _write(rewriting, out, plan.target.fingerprint)
    try:
        reading = read_stores([destination.reopen(out)], progress)
        proof = prove(plan, source.label, planned, _whole(reading), aligned=True)
    except BaseException:
        _remove(written)  # nothing that is not proven stays
        raise
    faults = [f"{out}: after writing: {each.reason}" for each in reading.unread]
    state, reasons = State.RE_ENCRYPTED, {}
    if proof.faults or proof.added:
        _remove(written)
        why = ", ".join(sorted(set(proof.faults.values()))) or "there are more values than before"
        faults.append(f"{out}: {why}")
        state, reasons = State.PUT_BACK, {each.row: _REMOVED for each in planned}
        reading = read_stores([source], progress)
        proof = prove(plan, source.label, (), _whole(reading), aligned=True)
    states = {each.row: state for each in planned}
    now = replace(plan, table=with_outcomes(plan.table, states, reasons))
    return PlanOutcome(now, {source.label: proof}, tuple(faults), reading.batches)


def _whole(reading: StoresReading) -> pl.DataFrame:
    return pl.concat([STORED.to_frame(), *(batch.frame for batch in reading.batches)])


def _write(rewriting: FileRewrite, out: Path, fingerprint: str) -> list[Path]:
    """The files that were written; after an error none stays."""
    written: list[Path] = []
    try:
        for name, pieces in rewriting.files(fingerprint=fingerprint):
            path = out / name if name else out
            if name:
                private_folder(path.parent)
            with atomic_file(path) as file:
                _write_file(file, pieces, compressed=not name and path.suffix == ".gz")
            written.append(path)
    except BaseException:
        _remove(written)
        raise
    return written


def _write_file(file: IO[bytes], pieces: Iterator[bytes], *, compressed: bool) -> None:
    if not compressed:
        file.writelines(pieces)
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.writelines(pieces)


def _remove(written: list[Path]) -> None:
    for path in written:
        remove_file(path)
