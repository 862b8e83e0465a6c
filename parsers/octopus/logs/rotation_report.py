"""The report that Octopus Deploy writes after a rotation of the master key, with banners or without."""

import re
from typing import Final

from parsers.errors import LogError
from parsers.logs.rotation_report import RotationReport
from parsers.octopus.keys.master_key import master_key_from_base64

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


def parse_rotation_report(text: str, path: str) -> RotationReport:
    """The report in a text.

    Raises:
        LogError: it is none.
    """
    processed = [int(count) for count in _PROCESSED.findall(text)]
    updated = [(int(count), int(total)) for count, total in _UPDATED.findall(text)]
    failed = [(int(count), int(total)) for count, total in _FAILED.findall(text)]
    if not updated or not (processed or failed):
        raise LogError(f"{path!r} is not a rotation report")
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
    contradictions = [
        f"it says of the documents {what}: {', '.join(map(str, sorted(set(counts))))}"
        for what, counts in (("processed", totals), ("updated", updated), ("in error", failed))
        if len(set(counts)) > 1
    ]
    if updated[0] + sum(failed[:1]) > totals[0]:
        contradictions.append("more documents are updated or in error than were processed")
    return contradictions
