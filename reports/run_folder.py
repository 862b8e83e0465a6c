"""The run folder: written so that half of one never passes for a whole, and read back."""

import json
import re
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import ValidationError

from reports.errors import RunFolderError
from reports.files import atomic_file, folder_content, is_unfinished, private_folder, remove_file
from reports.product_guide import Guides, guides_of
from reports.reentry import reentry_lists, write_reentry_lists
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, NOT_STORED, UNREAD
from reports.summary import Summary
from reports.tables import read_csv, write_csv, write_parquet

REPORT: Final = "report.html"
SUMMARY: Final = "summary.json"
FINDINGS_PARQUET: Final = "findings.parquet"
CREDENTIALS_PARQUET: Final = "credentials.parquet"
CREDENTIALS_CSV: Final = "credentials.csv"
UNREAD_CSV: Final = "unread.csv"
NOT_STORED_CSV: Final = "logged-not-stored.csv"
REENTRY_FOLDER: Final = "reentry"
ROTATION_REPORT: Final = "rotation-report.txt"
"""The audit in the form of the product's own report on a rotation of its key, of a product that has one."""

JOURNAL: Final = "journal.jsonl"
_OF_REENCRYPTIONS: Final = {JOURNAL, "reencryption.json", "reencryption-report.txt"}
"""What a re-encryption leaves in the folder: the record of what was changed in a store, which a later audit
does not undo. Never touched here."""

_NAMES: Final = {
    REPORT,
    SUMMARY,
    FINDINGS_PARQUET,
    CREDENTIALS_PARQUET,
    CREDENTIALS_CSV,
    UNREAD_CSV,
    NOT_STORED_CSV,
    REENTRY_FOLDER,
    ROTATION_REPORT,
    *_OF_REENCRYPTIONS,
}

_ADDED: Final = {"disagreement"}
"""Columns of text that folders of earlier versions do not have."""


def write_run_folder(folder: Path, run: Run, *, rotation_report: str = "") -> None:
    """Writes every file of the run; folders get mode 0700, files 0600; the same run gives the same bytes.

    A run that is there is replaced file by file, and other files stay: the journal and the reports of
    a re-encryption are about a store, not about the run. The summary goes first and comes back last: while it
    is missing, the folder is not a run.

    Args:
        folder: is made if it is not there.
        run: what to write.
        rotation_report: content of `ROTATION_REPORT`; that of an earlier run is removed if there is none.

    Raises:
        RunFolderError: the folder holds something else.
        OutputError: something cannot be written.
        UnknownProductError: the run has a product without a guide; nothing is written then.
    """
    from reports.page import render_page

    guides_of(run.guides, run.summary.system)
    lists = reentry_lists(run.credentials, run.guides)
    prepare_run_folder(folder)
    remove_file(folder / SUMMARY)
    with atomic_file(folder / FINDINGS_PARQUET) as file:
        write_parquet(run.findings, file)
    with atomic_file(folder / CREDENTIALS_PARQUET) as file:
        write_parquet(run.credentials, file)
    with atomic_file(folder / CREDENTIALS_CSV) as file:
        write_csv(run.credentials, file)
    with atomic_file(folder / UNREAD_CSV) as file:
        write_csv(run.unread, file)
    with atomic_file(folder / NOT_STORED_CSV) as file:
        write_csv(run.not_stored, file)
    _replace_lists(folder / REENTRY_FOLDER, lists)
    _replace_rotation_report(folder / ROTATION_REPORT, rotation_report)
    with atomic_file(folder / REPORT) as file:
        for piece in render_page(run):
            file.write(piece.encode())
    with atomic_file(folder / SUMMARY) as file:
        file.write(_summary_json(run.summary))


def prepare_run_folder(folder: Path) -> None:
    """Makes the folder, or sees that it is empty or a run folder: ask before the work begins.

    Nothing of a folder that holds something else is touched.

    Raises:
        RunFolderError: it holds something else.
        OutputError: it cannot be made.
    """
    refusal = f"{str(folder)!r} is not empty, and not a run folder"
    names = {path.name for path in folder_content(folder) if not is_unfinished(path)}
    if SUMMARY in names:
        try:
            _read_summary(folder)
        except RunFolderError as error:
            raise RunFolderError(f"{refusal}: {error.message}", hint="name a new folder") from error
    elif names - _NAMES:
        raise RunFolderError(f"{refusal}: it holds {min(names - _NAMES)!r}", hint="name a new folder")
    private_folder(folder)
    _remove_unfinished(folder)


def read_run_folder(folder: Path, guides: Guides | None = None) -> Run:
    """The run that `write_run_folder` wrote, this version or an earlier one: what that lacked is empty.

    Args:
        folder: of the run.
        guides: of the products, if reports are to be made of the run.

    Raises:
        RunFolderError: it is not a run folder, or not a whole one.
    """
    return Run(
        summary=_read_summary(folder),
        credentials=_read_parquet(folder / CREDENTIALS_PARQUET, CREDENTIALS),
        findings=_read_parquet(folder / FINDINGS_PARQUET, FINDINGS),
        unread=_read_csv(folder / UNREAD_CSV, UNREAD),
        not_stored=_read_not_stored(folder / NOT_STORED_CSV),
        guides=guides or {},
    )


def _replace_lists(folder: Path, lists: dict[str, pl.DataFrame]) -> None:
    """Writes the lists, and removes those of teams that have nothing left to enter."""
    private_folder(folder)
    _remove_unfinished(folder)
    written = write_reentry_lists(folder, lists)
    for path in folder_content(folder):
        if path.suffix == ".csv" and path not in written:
            remove_file(path)


def _replace_rotation_report(path: Path, text: str) -> None:
    if not text:
        remove_file(path)
        return
    with atomic_file(path) as file:
        file.write(text.encode())


def _remove_unfinished(folder: Path) -> None:
    """Remove the temporary files of a killed run."""
    for path in filter(is_unfinished, folder_content(folder)):
        remove_file(path)


def _summary_json(summary: Summary) -> bytes:
    text = json.dumps(summary.model_dump(), ensure_ascii=False, indent=2)
    # A path that is not UTF-8 holds lone surrogates, which cannot be encoded: they become escapes.
    return re.sub("[\ud800-\udfff]", lambda found: rf"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def _read_summary(folder: Path) -> Summary:
    path = folder / SUMMARY
    if not path.exists():
        raise RunFolderError(
            f"{str(folder)!r} is not a run folder: it has no {SUMMARY}",
            hint="name a folder that `passkey-audit audit --out` finished",
        )
    try:
        return Summary.model_validate_json(_content(path))
    except ValidationError as error:
        raise RunFolderError(f"{str(path)!r} does not have the shape of a summary") from error


def _read_parquet(path: Path, schema: pl.Schema) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(_content(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RunFolderError(f"{str(path)!r} is not a Parquet file that can be read") from error
    added = [pl.lit("").alias(name) for name in _ADDED & schema.keys() if name not in frame.columns]
    frame = frame.with_columns(added)
    if frame.schema != schema:
        raise RunFolderError(f"{str(path)!r} does not have the columns of a run")
    return frame


def _read_not_stored(path: Path) -> pl.DataFrame:
    return _read_csv(path, NOT_STORED) if path.exists() else NOT_STORED.to_frame()


def _read_csv(path: Path, schema: pl.Schema) -> pl.DataFrame:
    try:
        return read_csv(_content(path), schema)
    except pl.exceptions.PolarsError as error:
        raise RunFolderError(f"{str(path)!r} is not a CSV file that can be read") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RunFolderError(f"cannot read {str(path)!r}: {reason}") from error
