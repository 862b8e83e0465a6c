"""The report that Octopus Deploy writes after a rotation of the master key, with banners or without."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parsers.errors import LogError
from parsers.keys.key_text import decode_text
from parsers.octopus.keys.master_key import master_key_from_base64
from parsers.secret import Secret

MAX_BYTES: Final = 64 << 20
"""A report names counts, and at most a line for each document."""

# New Master Key: Gj3GfVf1gLn8kQA7wX4iXw==
_NEW_KEY: Final = re.compile(r"New Master Key:\s*(\S+)")
# Processed 10533 documents.
_PROCESSED: Final = re.compile(r"Processed\s+(\d{1,12})\s+documents?\b")
# 10009/10533 documents were updated
_UPDATED: Final = re.compile(r"(\d{1,12})\s*/\s*(\d{1,12})\s+documents?\s+were\s+updated")
# 0/10533 documents were left unchanged due to errors
_FAILED: Final = re.compile(
    r"(\d{1,12})\s*/\s*(\d{1,12})\s+documents?\s+were\s+left\s+unchanged\s+due\s+to\s+errors"
)


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What the report says.

    Attributes:
        path: the file.
        new_key: the new master key, which it prints in clear text; None if it has none.
        key_line: the line of the key, 1-based; 0 if there is none.
        processed: documents looked at.
        updated: documents encrypted again.
        failed: documents left unchanged because of errors.
        contradictions: where the report says different numbers of the same, one sentence each.
    """

    path: str
    new_key: Secret | None = field(repr=False)
    key_line: int
    processed: int
    updated: int
    failed: int
    contradictions: tuple[str, ...]

    @property
    def unexplained(self) -> int:
        """Documents that neither count explains: those without secrets, or those that were passed over."""
        return self.processed - self.updated - self.failed


def read_rotation_report(path: Path) -> RotationReport:
    """The report in a file, in UTF-8, or in UTF-16 with its mark.

    Raises:
        LogError: it cannot be read, or is no such report.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        raise LogError(f"cannot read the rotation report {str(path)!r}: {reason}") from error
    text = decode_text(content) if len(content) <= MAX_BYTES else None
    if text is None:
        raise LogError(f"{str(path)!r} is no rotation report: no text, or too long", hint=_HINT)
    return parse_rotation_report(text, str(path))


_HINT: Final = "it says 'Processed … documents.' and '…/… documents were updated'"


def parse_rotation_report(text: str, path: str) -> RotationReport:
    """The report in a text.

    Raises:
        LogError: it is none.
    """
    processed = [int(count) for count in _PROCESSED.findall(text)]
    updated = [(int(count), int(total)) for count, total in _UPDATED.findall(text)]
    failed = [(int(count), int(total)) for count, total in _FAILED.findall(text)]
    if not updated or not (processed or failed):
        raise LogError(f"{path!r} is no rotation report", hint=_HINT)
    totals = [*processed, *(total for _, total in (*updated, *failed))]
    key = _NEW_KEY.search(text)
    return RotationReport(
        path=path,
        new_key=master_key_from_base64(key[1]) if key else None,
        key_line=text.count("\n", 0, key.start()) + 1 if key else 0,
        processed=totals[0],
        updated=updated[0][0],
        failed=failed[0][0] if failed else 0,
        contradictions=tuple(_contradictions(totals, [n for n, _ in updated], [n for n, _ in failed])),
    )


def _contradictions(totals: list[int], updated: list[int], failed: list[int]) -> list[str]:
    said = [
        f"it says of the documents {what}: {', '.join(map(str, sorted(set(counts))))}"
        for what, counts in (("processed", totals), ("updated", updated), ("in error", failed))
        if len(set(counts)) > 1
    ]
    if updated[0] + sum(failed[:1]) > totals[0]:
        said.append("more documents are updated or in error than were processed")
    return said
