"""`python -m sample_logs.generator DIR` writes the sample estates into DIR."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sample_logs.generator.cloudbees.estate import cloudbees_files
from sample_logs.generator.octopus.estate import octopus_files

ESTATES: Final[dict[str, Callable[[], Mapping[str, bytes]]]] = {
    "cloudbees-cd": cloudbees_files,
    "octopus": octopus_files,
}
"""Folder of each estate, and what makes its files (path below that folder, content)."""

_README: Final = Path(__file__).parents[1] / "README.md"
"""Stands beside the estates wherever they are written, so that nobody takes them for real."""


class ForeignFolderError(Exception):
    """The folder has a README.md that is none of ours."""


def write_estates(directory: Path) -> None:
    """Write every estate below `directory`, over an earlier one; other files are left alone.

    Raises:
        ForeignFolderError: a README.md that is none of ours stands there.
        OSError: a folder or file cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    readme, text = directory / "README.md", _README.read_bytes()
    if readme.exists() and not readme.read_bytes().startswith(text.partition(b"\n")[0]):
        raise ForeignFolderError(f"{str(readme)!r} is somebody else's")
    readme.write_bytes(text)
    for folder, make in ESTATES.items():
        for name, content in make().items():
            path = directory / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def main(arguments: list[str]) -> int:
    """Write the estates into the one folder that is named; the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sample_logs.generator DIR\n")
        return 2
    try:
        write_estates(Path(arguments[0]))
    except ForeignFolderError as error:
        sys.stderr.write(f"error: {error}\nhint: name a new or an empty folder\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
