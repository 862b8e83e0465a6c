"""One step into an archive: from something found to a leaf, or to what is inside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import assert_never

from parsers.archives.bzip2 import BZIP2
from parsers.archives.content import Content, content_of
from parsers.archives.frames import Codec, FrameStream
from parsers.archives.guarded import Guarded
from parsers.archives.gzip import gzip_stream
from parsers.archives.interface import ByteStream, Leaf
from parsers.archives.limits import Budget
from parsers.archives.peeked import Peeked
from parsers.archives.recognise import HEAD, Kind, foreign_name, recognise
from parsers.archives.source import Source, Window, spool
from parsers.archives.tar import StreamTape, TarMember, WindowTape, tar_members
from parsers.archives.xz import lzma_alone, xz
from parsers.archives.zip_directory import ZipDirectory, ends_like_zip, read_directory
from parsers.archives.zip_entry import ZipEntry
from parsers.archives.zip_member import open_member
from parsers.archives.zip_salvage import open_salvaged, salvaged_entries
from parsers.archives.zstd import zstd
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError, UnsupportedMethodError
from parsers.secret import Secret
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Found:
    """A file or member that nobody has looked into yet.

    Attributes:
        path: the input.
        member: the way inside it.
        depth: containers passed on the way.
        open: opens it; raises `ArchiveError`.
        budget: of the input.
        spooled: the copy that it lies in, if it was taken out of a stream: it may be read later.
    """

    path: str
    member: str
    depth: int
    open: Callable[[], Content]
    budget: Budget
    spooled: Source | None = None

    def inside(
        self, name: str, open_it: Callable[[], Content], depth: int, spooled: Source | None = None
    ) -> "Found":
        """A member of this container."""
        member = f"{self.member}!/{name}" if self.member else name
        return Found(self.path, member, depth, open_it, self.budget, spooled)

    def unread(self, error: ArchiveError, name: str = "", *, partial: bool = False) -> Unread:
        """This, or the member `name` of it, was not read."""
        member = "!/".join(part for part in (self.member, name) if part)
        return Unread(self.path, member, error.message, partial=partial)


@dataclass(frozen=True, slots=True)
class Members:
    """What a container holds; it is found while one asks for it.

    Attributes:
        found: the members.
        in_order: whether each must have been read before the next is asked for.
    """

    found: Iterator[Found | Unread]
    in_order: bool = False


def enter(found: Found, passwords: Sequence[Secret], *, look_behind: bool = True) -> Leaf | Members:
    """What `found` is.

    Args:
        found: a file or member.
        passwords: candidates for encrypted zip members.
        look_behind: whether to look for a zip behind other data, as self-extracting programs have it.

    Raises:
        ArchiveError: it cannot be opened, or must not be.
    """
    content = found.open()
    limits = found.budget.limits
    depth = found.depth
    while True:
        content, head = _peeked(content)
        kind = recognise(head)
        if kind is Kind.PLAIN:
            if look_behind and content.window and ends_like_zip(content.window):
                return Members(_with_what_stands_before(found, content, content.window, passwords, depth + 1))
            return Leaf(found.path, found.member, content.stream, content.notes)
        if kind is Kind.FOREIGN:
            raise UnsupportedMethodError(f"{foreign_name(head)} archives are not supported")
        depth += 1
        if depth > limits.depth:
            raise LimitExceededError(f"more than {limits.depth} archives inside one another")
        if kind is Kind.ZIP:
            window = content.window or spool(content.stream, limits)
            return Members(_zip_members(found, window, passwords, depth))
        if kind is Kind.TAR:
            return Members(_tar_members(found, content, depth), in_order=content.window is None)
        content = _decoded(content, kind, found.budget)


def _with_what_stands_before(
    found: Found, content: Content, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    """The file itself and the zip's members: bytes put behind a log must not hide the log."""
    whole = Content(content.stream, content.again, None, content.notes)
    yield replace(found, open=lambda: whole)
    try:
        yield from _zip_members(found, window, passwords, depth)
    except ArchiveError as error:
        yield found.unread(error)


def _peeked(content: Content) -> tuple[Content, bytes]:
    if content.window:
        return content, content.window.bytes_at(0, HEAD)
    stream = Peeked(content.stream, HEAD)
    return Content(stream, content.again, None, content.notes), stream.head


def _decoded(content: Content, kind: Kind, budget: Budget) -> Content:
    """What comes out of a single-stream compression."""
    window, notes = content.window, content.notes
    reopen = window.again if window else content.again
    raw = window.again() if window else content.stream
    packed = window.size if window else None

    def decode(raw: ByteStream, notes: list[str]) -> ByteStream:
        return Guarded(_decoder(raw, kind, notes, reopen, budget), packed, budget)

    again = None if reopen is None else lambda: decode(reopen(), [])
    return Content(decode(raw, notes), again, None, notes)


def _decoder(
    raw: ByteStream, kind: Kind, notes: list[str], again: Callable[[], ByteStream] | None, budget: Budget
) -> ByteStream:
    if kind is Kind.GZIP:
        return gzip_stream(raw, notes, again)
    return FrameStream(raw, _codec(kind, budget), notes, again=again)


def _codec(kind: Kind, budget: Budget) -> Codec:
    match kind:
        case Kind.ZSTD:
            return zstd(budget.limits)
        case Kind.BZIP2:
            return BZIP2
        case Kind.XZ:
            return xz(budget.limits)
        case Kind.LZMA:
            return lzma_alone(budget.limits)
        case Kind.GZIP | Kind.PLAIN | Kind.ZIP | Kind.TAR | Kind.FOREIGN:
            raise AssertionError(kind)
        case _:
            assert_never(kind)


def _zip_members(
    found: Found, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    try:
        directory = read_directory(window, found.budget.limits)
    except DamagedArchiveError as error:
        reason = DamagedArchiveError(f"{error.message}; read from the members' own headers as far as they go")
        return chain([found.unread(reason, partial=True)], _salvaged_members(found, window, passwords, depth))
    return _listed_members(found, window, directory, passwords, depth)


def _listed_members(
    found: Found, window: Window, directory: ZipDirectory, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    limits, budget = found.budget.limits, found.budget

    def opener(entry: ZipEntry, room: int) -> Callable[[], Content]:
        return lambda: _guarded(open_member(window, entry, room, passwords, limits), entry.packed, budget)

    for entry in directory:
        try:
            room = directory.room(entry)
        except ArchiveError as error:
            yield found.unread(error, entry.name)
        else:
            yield found.inside(entry.name, opener(entry, room), depth)


def _salvaged_members(
    found: Found, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    limits, budget = found.budget.limits, found.budget

    def opener(entry: ZipEntry, *, measured: bool) -> Callable[[], Content]:
        return lambda: _guarded(
            open_salvaged(window, entry, passwords, limits, measured=measured), entry.packed, budget
        )

    try:
        for entry, measured in salvaged_entries(window, limits):
            yield found.inside(entry.name, opener(entry, measured=measured), depth)
    except ArchiveError as error:
        yield found.unread(error, partial=True)


def _guarded(content: Content, packed: int, budget: Budget) -> Content:
    if content.window:
        return content
    again = content.again
    return Content(
        Guarded(content.stream, packed, budget),
        None if again is None else lambda: Guarded(again(), packed, budget),
        None,
        content.notes,
    )


def _tar_members(found: Found, content: Content, depth: int) -> Iterator[Found | Unread]:
    try:
        if content.window:
            yield from _tar_windows(found, content.window, depth)
        else:
            yield from _tar_streams(found, content.stream, depth)
    except ArchiveError as error:
        yield found.unread(error, partial=True)


def _refused(found: Found, member: TarMember) -> Unread:
    return found.unread(ArchiveError(member.refused), member.name)


def _tar_windows(found: Found, window: Window, depth: int) -> Iterator[Found | Unread]:
    tape = WindowTape(window)
    for member in tar_members(tape, found.budget.limits):
        if member.refused:
            yield _refused(found, member)
            continue
        data = tape.data(member)
        yield found.inside(member.name, partial(content_of, data), depth)


def _tar_streams(found: Found, stream: ByteStream, depth: int) -> Iterator[Found | Unread]:
    """A member is to be read before the next is asked for; archives are taken out of the stream."""
    tape = StreamTape(stream)
    limits = found.budget.limits
    for member in tar_members(tape, limits):
        if member.refused:
            yield _refused(found, member)
            continue
        data = Peeked(tape.data(member), HEAD)
        if recognise(data.head) in (Kind.PLAIN, Kind.FOREIGN):
            yield found.inside(member.name, partial(Content, data, None, None), depth)
            continue
        try:
            window = spool(data, limits)
        except ArchiveError as error:
            yield found.unread(error, member.name)
        else:
            yield found.inside(member.name, partial(content_of, window), depth, window.source)
