"""One step into an archive: an entry is a plain stream, or a container with members."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from parsers.archives.codecs import BZIP2, lzma_alone, xz, zstd
from parsers.archives.entries import ArchiveEntry, EntryContent, Members
from parsers.archives.frames import Codec, FrameStream
from parsers.archives.gzip import gzip_stream
from parsers.archives.interface import ByteStream, EntryStream
from parsers.archives.limits import Budget
from parsers.archives.recognise import HEAD, ContainerKind, foreign_name, recognise
from parsers.archives.seekable import Window, spool
from parsers.archives.streams import BoundedStream, PeekedStream
from parsers.archives.tar import tar_entries
from parsers.archives.zip_headers import ends_like_zip
from parsers.archives.zip_members import zip_entries
from parsers.errors import ArchiveError, LimitExceededError, UnsupportedMethodError
from parsers.secret import Secret
from parsers.unread import Unread


def open_container(
    entry: ArchiveEntry, passwords: Sequence[Secret], *, appended_zip: bool = True
) -> EntryStream | Members:
    """The stream that `entry` is, or the members that it contains.

    Args:
        entry: a file or member.
        passwords: candidates for encrypted zip members.
        appended_zip: whether to look for a zip after other data, as in self-extracting programs.

    Raises:
        ArchiveError: it cannot be opened, or a limit forbids it.
    """
    content = entry.open()
    limits = entry.budget.limits
    depth = entry.depth
    while True:
        content, head = _peek(content)
        kind = recognise(head)
        if kind is ContainerKind.PLAIN:
            if appended_zip and content.window and ends_like_zip(content.window):
                return Members(_file_and_appended_zip(entry, content, content.window, passwords, depth + 1))
            return EntryStream(entry.path, entry.member, content.stream, content.notes)
        if kind is ContainerKind.FOREIGN:
            raise UnsupportedMethodError(f"{foreign_name(head)} archives are not supported")
        depth += 1
        if depth > limits.depth:
            raise LimitExceededError(f"more than {limits.depth} archives inside one another")
        if kind is ContainerKind.ZIP:
            # A zip's directory is at its end, so one that comes out of a stream is copied first.
            window = content.window or spool(content.stream, limits)
            return Members(zip_entries(entry, window, passwords, depth))
        if kind is ContainerKind.TAR:
            return Members(tar_entries(entry, content, depth), in_order=content.window is None)
        content = _decode(content, kind, entry.budget)


def _file_and_appended_zip(
    entry: ArchiveEntry, content: EntryContent, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[ArchiveEntry | Unread]:
    """The file itself and the zip's members: a zip appended to a log must not hide the log."""
    whole = EntryContent(content.stream, content.again, None, content.notes)
    yield replace(entry, open=lambda: whole)
    try:
        yield from zip_entries(entry, window, passwords, depth)
    except ArchiveError as error:
        yield entry.unread(error)


def _peek(content: EntryContent) -> tuple[EntryContent, bytes]:
    if content.window:
        return content, content.window.bytes_at(0, HEAD)
    stream = PeekedStream(content.stream, HEAD)
    return EntryContent(stream, content.again, None, content.notes), stream.head


def _decode(content: EntryContent, kind: ContainerKind, budget: Budget) -> EntryContent:
    """The decompressed content of a single-stream compression."""
    window, notes = content.window, content.notes
    reopen = window.again if window else content.again
    raw = window.again() if window else content.stream
    packed = window.size if window else None

    def decode(raw: ByteStream, notes: list[str]) -> ByteStream:
        return BoundedStream(_decoder(raw, kind, notes, reopen, budget), packed, budget)

    again = None if reopen is None else lambda: decode(reopen(), [])
    return EntryContent(decode(raw, notes), again, None, notes)


def _decoder(
    raw: ByteStream,
    kind: ContainerKind,
    notes: list[str],
    again: Callable[[], ByteStream] | None,
    budget: Budget,
) -> ByteStream:
    if kind is ContainerKind.GZIP:
        return gzip_stream(raw, notes, again)
    return FrameStream(raw, _codec(kind, budget), notes, again=again)


def _codec(kind: ContainerKind, budget: Budget) -> Codec:
    match kind:
        case ContainerKind.ZSTD:
            return zstd(budget.limits)
        case ContainerKind.BZIP2:
            return BZIP2
        case ContainerKind.XZ:
            return xz(budget.limits)
        case ContainerKind.LZMA:
            return lzma_alone(budget.limits)
        case (
            ContainerKind.GZIP
            | ContainerKind.PLAIN
            | ContainerKind.ZIP
            | ContainerKind.TAR
            | ContainerKind.FOREIGN
        ):
            raise AssertionError(kind)
        case _:
            assert_never(kind)
