"""The members of a tar archive, from a place that can be read anywhere or from a stream."""

from collections.abc import Iterator
from functools import partial

from parsers.archives.content import Content, content_of
from parsers.archives.entries import Found
from parsers.archives.interface import ByteStream
from parsers.archives.peeked import Peeked
from parsers.archives.recognise import HEAD, Kind, recognise
from parsers.archives.seekable import Window, spool
from parsers.archives.tar import StreamTape, TarMember, WindowTape, tar_members
from parsers.errors import ArchiveError
from parsers.unread import Unread


def found_in_tar(found: Found, content: Content, depth: int) -> Iterator[Found | Unread]:
    """The members; what ends the archive early is yielded last."""
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
