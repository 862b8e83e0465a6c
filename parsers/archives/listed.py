"""The files that inputs stand for, with their sizes, before anything is opened: what work is dealt out by."""

# As `inputs`: paths stay text.
# ruff: noqa: PTH112, PTH116

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.archives.inputs import files_below
from parsers.archives.limits import Limits
from parsers.archives.remote.files import RemoteFinder
from parsers.archives.remote.urls import is_url
from parsers.path_text import path_as_text
from parsers.progress import Progress
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Listed:
    """An input, or a file below one.

    Attributes:
        path: as the operating system has it; given to `each_leaf`, it is found again.
        size: bytes on disk; 0 if that cannot be told from here.
    """

    path: str
    size: int


def listed_inputs(inputs: Sequence[str], limits: Limits, progress: Progress) -> Iterator[Listed | Unread]:
    """Each file of `inputs`, folders and prefixes walked; `progress` is told what to expect.

    A path that is not here is listed as it is: other machines may see it.
    """
    remote = RemoteFinder(limits, progress)
    for path in inputs:
        if is_url(path):
            for item in remote.listed(path):
                yield item if isinstance(item, Unread) else Listed(item[0], item[2].size or 0)
            continue
        for place in files_below(path) if os.path.isdir(path) else (path,):
            if isinstance(place, Unread):
                yield replace(place, path=path_as_text(place.path))
                continue
            size = _size(place)
            progress.expect(size)
            yield Listed(place, size)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0  # whoever opens it says why it cannot be read
