"""Every sample estate, written into one folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from audit.errors import AuditError
from sample_logs.generator.cloudbees.estate import cloudbees_files
from sample_logs.generator.octopus.estate import octopus_files
from sample_logs.generator.readme import README

ESTATES: Final[dict[str, Callable[[], Mapping[str, bytes]]]] = {
    "cloudbees-cd": cloudbees_files,
    "octopus": octopus_files,
}
"""Folder of each estate, and what makes its files (path below that folder, content)."""


def write_estates(directory: Path) -> None:
    """Write every estate below `directory`, over an earlier one; other files are left alone.

    Raises:
        AuditError: a README.md that is none of ours stands there.
        OSError: a folder or file cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    readme = directory / "README.md"
    if readme.exists() and not readme.read_bytes().startswith(README.partition("\n")[0].encode()):
        raise AuditError(f"{str(readme)!r} is somebody else's", hint="name a new or an empty folder")
    readme.write_text(README, encoding="utf-8", newline="\n")
    for folder, make in ESTATES.items():
        for name, content in make().items():
            path = directory / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
