"""What the tests of archives read with."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parsers.archives.interface import ByteStream, EntryStream
from parsers.archives.limits import DEFAULT, Limits
from parsers.archives.walk import map_streams
from parsers.errors import ArchiveError
from parsers.secret import Secret
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a leaf: content, and the error that ended it."""

    source: str
    content: bytes
    error: ArchiveError | None
    notes: tuple[str, ...]


def drained(stream: ByteStream, *, chunk: int = 1 << 18) -> tuple[bytes, ArchiveError | None]:
    """All that a stream gives, and its complaint."""
    buffer = memoryview(bytearray(chunk))
    content = bytearray()
    try:
        while count := stream.readinto(buffer):
            content += buffer[:count]
    except ArchiveError as error:
        return bytes(content), error
    return bytes(content), None


def read_leaf(leaf: EntryStream) -> Read:
    content, error = drained(leaf.stream)
    return Read(leaf.source, content, error, tuple(leaf.notes))


def read_all(
    *inputs: Path | str,
    passwords: Sequence[bytes] = (),
    limits: Limits = DEFAULT,
    jobs: int = 1,
    standard_input: int = 0,
) -> tuple[list[Read], list[Unread]]:
    """Every leaf below `inputs`, sorted, and what was not read."""
    read: list[Read] = []
    unread: list[Unread] = []
    for result in map_streams(
        [str(path) for path in inputs],
        read_leaf,
        jobs=jobs,
        passwords=[Secret(password) for password in passwords],
        limits=limits,
        standard_input=standard_input,
    ):
        if isinstance(result, Read):
            read.append(result)
        else:
            unread.append(result)
    return sorted(read, key=lambda item: (item.source, item.content)), sorted(unread)


def workers() -> list[threading.Thread]:
    """Threads of the walk that have not ended."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("archives-")]


def log_lines(count: int, seed: str = "") -> bytes:
    """Lines that look like a log and do not compress beyond measure."""
    lines = []
    for number in range(count):
        digest = hashlib.sha256(f"{seed}{number}".encode()).hexdigest()
        lines.append(f"2019-09-16T14:28:{number % 60:02d}.249 | INFO  | Thread-{number} | {digest[:20]}\n")
    return "".join(lines).encode()
