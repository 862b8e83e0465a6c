"""One step into an archive: from something found to a leaf, or to what is inside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from parsers.archives.codecs import BZIP2, lzma_alone, xz, zstd
from parsers.archives.entries import Content, Found, Members
from parsers.archives.frames import Codec, FrameStream
from parsers.archives.gzip import gzip_stream
from parsers.archives.interface import ByteStream, Leaf
from parsers.archives.limits import Budget
from parsers.archives.recognise import HEAD, Kind, foreign_name, recognise
from parsers.archives.seekable import Window, spool
from parsers.archives.streams import Guarded, Peeked
from parsers.archives.tar import found_in_tar
from parsers.archives.zip_headers import ends_like_zip
from parsers.archives.zip_members import found_in_zip
from parsers.errors import ArchiveError, LimitExceededError, UnsupportedMethodError
from parsers.secret import Secret
from parsers.unread import Unread


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
            return Members(found_in_zip(found, window, passwords, depth))
        if kind is Kind.TAR:
            return Members(found_in_tar(found, content, depth), in_order=content.window is None)
        content = _decoded(content, kind, found.budget)


def _with_what_stands_before(
    found: Found, content: Content, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    """The file itself and the zip's members: bytes put behind a log must not hide the log."""
    whole = Content(content.stream, content.again, None, content.notes)
    yield replace(found, open=lambda: whole)
    try:
        yield from found_in_zip(found, window, passwords, depth)
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
