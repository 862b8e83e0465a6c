"""tar: members in their order (POSIX.1-2008 pax, GNU, ustar, v7), from a file or a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from parsers.archives.entries import ArchiveEntry, EntryContent, content_of
from parsers.archives.frames import skip
from parsers.archives.interface import ByteStream
from parsers.archives.limits import Limits
from parsers.archives.recognise import HEAD, ContainerKind, is_tar_header, octal, recognise
from parsers.archives.seekable import Window, spool
from parsers.archives.streams import PeekedStream
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError
from parsers.unread import Unread

_REGULAR: Final = (b"0", b"\0", b"7")
_EMPTY: Final = (b"1", b"5")  # hard links and folders
_GNU_LONG_NAME: Final = b"L"
_GNU_LONG_LINK: Final = b"K"
_PAX: Final = b"x"
_PAX_GLOBAL: Final = b"g"
_SPECIAL: Final = (_GNU_LONG_NAME, _GNU_LONG_LINK, _PAX, _PAX_GLOBAL)

_LONGEST_SIZE: Final = 20  # digits: 2 to the 64th

_NOT_READ: Final = {
    b"2": "a symbolic link: it holds no data",
    b"3": "a character device: it holds no data",
    b"4": "a block device: it holds no data",
    b"6": "a FIFO: it holds no data",
    b"S": "a sparse file: not supported",
    b"M": "continues from another volume: not supported",
}


@dataclass(frozen=True, slots=True)
class TarMember:
    """A member that can be read, or the reason why it cannot.

    Attributes:
        name: as stored, decoded.
        size: bytes of data after the header.
        refused: why it is not read, or "".
    """

    name: str
    size: int
    refused: str = ""


class Tape(Protocol):
    """Access to a tar archive's bytes: forward only."""

    @property
    def position(self) -> int:
        """Bytes read or skipped so far."""
        ...

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        ...

    def move_to(self, position: int) -> None:
        """Skip to a later position."""
        ...


class WindowTape:
    """A tar archive that can be read at any position."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.position = 0

    def read(self, size: int) -> bytes:
        """Read a header."""
        content = self._window.bytes_at(self.position, size)
        self.position += len(content)
        return content

    def move_to(self, position: int) -> None:
        """Go to any position."""
        self.position = position

    def data(self, member: "TarMember") -> Window:
        """The member's data."""
        return self._window.part(self.position, member.size)


class StreamTape:
    """A tar archive that comes from a decompressor or a pipe."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.position = 0

    def read(self, size: int) -> bytes:
        """Read a header."""
        content = bytearray(size)
        filled = 0
        with memoryview(content) as view:
            while filled < size and (count := self._stream.readinto(view[filled:])):
                filled += count
        self.position += filled
        return bytes(content[:filled])

    def readinto(self, buffer: memoryview) -> int:
        """Read a member's data."""
        count = self._stream.readinto(buffer)
        self.position += count
        return count

    def move_to(self, position: int) -> None:
        """Read and discard the rest of a member's data."""
        skip(self._stream, position - self.position)
        self.position = position

    def data(self, member: "TarMember") -> "StreamMember":
        """The member's data, to be read before the next member is asked for."""
        return StreamMember(self, member.size)


class StreamMember:
    """The data of a `StreamTape`'s current member."""

    def __init__(self, tape: StreamTape, size: int) -> None:
        self._tape = tape
        self._left = size

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        count = self._tape.readinto(buffer[: min(len(buffer), self._left)]) if self._left else 0
        if self._left and not count:
            raise DamagedArchiveError("the tar archive is cut off within this member")
        self._left -= count
        return count

    def close(self) -> None:
        """There is nothing to release."""


def tar_members(tape: Tape, limits: Limits) -> Iterator[TarMember]:
    """Each member; while it is current, the tape's position is the start of its data.

    Folders are empty and hard links repeat a member: neither is yielded. Zero blocks are skipped, so that
    concatenated archives are read to the end.

    Raises:
        DamagedArchiveError: the archive is cut off, or a header is damaged.
        LimitExceededError: too many members, or a name that is too long.
    """
    lasting: dict[str, str] = {}
    special: dict[str, str] = {}
    ended = False
    for _ in range(limits.members):
        header = tape.read(HEAD)
        if not header and ended:
            return
        if header == bytes(HEAD):
            ended = True
            continue
        if not is_tar_header(header):
            raise DamagedArchiveError("the tar archive is cut off, or a header is damaged")
        ended = False
        kind, size = header[156:157], _number(header[124:136])
        if kind in _SPECIAL:
            end = tape.position + _round_up(size)
            _read_special(tape, kind, size, limits, lasting if kind == _PAX_GLOBAL else special)
        else:
            member = _member(header, kind, size, lasting | special)
            special = {}
            end = tape.position + _round_up(member.size)
            if kind not in _EMPTY and not member.name.endswith("/"):
                yield member
        tape.move_to(end)
    raise LimitExceededError(f"a tar archive of more than {limits.members} members")


def _read_special(tape: Tape, kind: bytes, size: int, limits: Limits, into: dict[str, str]) -> None:
    if size > limits.name_bytes:
        raise LimitExceededError("a name or extended header in the tar archive is too long")
    content = tape.read(size)
    if len(content) < size:
        raise DamagedArchiveError("the tar archive is cut off")
    if kind == _GNU_LONG_NAME:
        into["path"] = _text(content.rstrip(b"\0"))
    elif kind in (_PAX, _PAX_GLOBAL):
        into |= _pax(content)


def _member(header: bytes, kind: bytes, size: int, extended: dict[str, str]) -> TarMember:
    name = _text(header[:100].split(b"\0", 1)[0])
    # POSIX's prefix; a GNU sparse header has times and the map of holes in these bytes.
    if header[257:263] == b"ustar\0" and header[345] and kind != b"S":
        prefix = _text(header[345:500].split(b"\0", 1)[0])
        name = f"{prefix}/{name}"
    name = extended.get("path", name)
    stated = extended.get("size", "")
    # Bounded first: int() refuses thousands of digits with an error of its own.
    if stated.isdecimal() and len(stated) <= _LONGEST_SIZE:
        size = int(stated)
    if any(key.startswith("GNU.sparse") for key in extended):
        return TarMember(extended.get("GNU.sparse.name", name), size, _NOT_READ[b"S"])
    refused = "" if kind in _REGULAR else _NOT_READ.get(kind, f"a member of unknown type {kind!r}")
    return TarMember(name, size, refused)


def _pax(content: bytes) -> dict[str, str]:
    """Records `length key=value` and a newline; the first malformed one ends them."""
    records = {}
    at = 0
    while at < len(content):
        length, _, _ = content[at : at + 20].partition(b" ")
        if not length.isdigit() or int(length) <= len(length):
            break
        key, _, value = content[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        records[_text(key)] = _text(value)
        at += int(length)
    return records


def _number(field: bytes) -> int:
    """Octal digits, or base 256 where the first bit is set."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    number = octal(field)
    if number is None:
        raise DamagedArchiveError("a tar header is damaged: its size is not a number")
    return number


def _round_up(size: int) -> int:
    return size + -size % HEAD


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def tar_entries(entry: ArchiveEntry, content: EntryContent, depth: int) -> Iterator[ArchiveEntry | Unread]:
    """The members; a fault that ends the archive early is yielded last."""
    try:
        if content.window:
            yield from _tar_windows(entry, content.window, depth)
        else:
            yield from _tar_streams(entry, content.stream, depth)
    except ArchiveError as error:
        yield entry.unread(error, partial=True)


def _report_refused(entry: ArchiveEntry, member: TarMember) -> Unread:
    return entry.unread(ArchiveError(member.refused), member.name)


def _tar_windows(entry: ArchiveEntry, window: Window, depth: int) -> Iterator[ArchiveEntry | Unread]:
    tape = WindowTape(window)
    for member in tar_members(tape, entry.budget.limits):
        if member.refused:
            yield _report_refused(entry, member)
            continue
        data = tape.data(member)
        yield entry.inside(member.name, partial(content_of, data), depth)


def _tar_streams(entry: ArchiveEntry, stream: ByteStream, depth: int) -> Iterator[ArchiveEntry | Unread]:
    """A member must be read before the next is asked for; archives are spooled, to be seekable."""
    tape = StreamTape(stream)
    limits = entry.budget.limits
    for member in tar_members(tape, limits):
        if member.refused:
            yield _report_refused(entry, member)
            continue
        data = PeekedStream(tape.data(member), HEAD)
        # A plain member is streamed where it is: copying each log of a large tar.gz would double the work.
        if recognise(data.head) in (ContainerKind.PLAIN, ContainerKind.FOREIGN):
            yield entry.inside(member.name, partial(EntryContent, data, None, None), depth)
            continue
        try:
            window = spool(data, limits)
        except ArchiveError as error:
            yield entry.unread(error, member.name)
        else:
            yield entry.inside(member.name, partial(content_of, window), depth, window.source)
