"""Key files in archives of backups: what lies in them, through every guard that logs are read with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parsers.archives.interface import EntryStream
from parsers.archives.recognise import HEAD, ContainerKind, recognise
from parsers.archives.seekable import Window, open_file
from parsers.archives.walk import map_streams
from parsers.archives.zip_headers import ends_like_zip
from parsers.errors import ArchiveError
from parsers.keys.aes_forms import AES_KEY_BYTES
from parsers.keys.reference import MAX_SECRET_BYTES
from parsers.path_text import path_as_text
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.unread import Unread

_CHUNK: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Member:
    """A file out of an archive.

    Attributes:
        member: the way inside, `!/` between levels; "" for what was merely compressed.
        content: all of it; None where it is larger than a key file can be.
    """

    member: str
    content: Secret | None


def is_archive(path: Path) -> bool:
    """Whether a file is a container or compressed, by its content; a file of a key's length is a key."""
    try:
        source = open_file(str(path), Silent())
        if source.size in AES_KEY_BYTES:
            return False
        window = Window(source, 0, source.size)
        return recognise(window.bytes_at(0, HEAD)) is not ContainerKind.PLAIN or ends_like_zip(window)
    except ArchiveError:  # missing, a pipe, not readable: whoever reads it as a file says so
        return False


def members(path: Path) -> Iterator[Member | Unread]:
    """Every file in an archive, and in those inside it, in the order of names."""
    found = map_streams([_as_input(path)], _read, jobs=1)
    yield from sorted(found, key=lambda each: (each.member, isinstance(each, Unread)))


def _as_input(path: Path) -> str:
    return "./-" if str(path) == "-" else str(path)  # standard input is called so


def _read(leaf: EntryStream) -> Member:
    content = bytearray()
    chunk = memoryview(bytearray(_CHUNK))
    while len(content) <= MAX_SECRET_BYTES and (count := leaf.stream.readinto(chunk)):
        content += chunk[:count]
    whole = len(content) <= MAX_SECRET_BYTES
    return Member(path_as_text(leaf.member), Secret(bytes(content)) if whole else None)
