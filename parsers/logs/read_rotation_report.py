"""The report of a rotation in a file, of whichever product."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from parsers.errors import LogError
from parsers.keys.key_text import decode_text
from parsers.logs.rotation_report import RotationReport
from parsers.product import ReportForm
from parsers.products import every_product

MAX_BYTES: Final = 64 << 20
"""A report names counts, and at most a line for each document."""


def read_rotation_report(path: Path) -> RotationReport:
    """The report in a file, in UTF-8, or in UTF-16 with its mark.

    Raises:
        LogError: it cannot be read, or is not such a report.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        raise LogError(f"cannot read the rotation report {str(path)!r}: {reason}") from error
    text = decode_text(content) if len(content) <= MAX_BYTES else None
    if text is None:
        raise LogError(f"{str(path)!r} is not a rotation report: no text, or too long", hint=_hint())
    for form in _forms():
        with suppress(LogError):
            return form.parse(text, str(path))
    raise LogError(f"{str(path)!r} is not a rotation report", hint=_hint())


def _forms() -> list[ReportForm]:
    return [product.logs.report for product in every_product() if product.logs.report is not None]


def _hint() -> str:
    return "; or ".join(form.known_by for form in _forms())
