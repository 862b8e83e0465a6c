"""A file that holds exactly one stream, as the file of a store does."""

from collections.abc import Iterator, Sequence
from itertools import islice

from parsers.archives.entries import ArchiveEntry, Members
from parsers.archives.inputs import STANDARD_INPUT, find_inputs
from parsers.archives.interface import EntryStream
from parsers.archives.limits import DEFAULT, Limits
from parsers.archives.open_container import open_container
from parsers.archives.remote.urls import check_urls
from parsers.errors import ArchiveError
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.unread import Unread


def open_single(
    path: str, *, passwords: Sequence[Secret] = (), limits: Limits = DEFAULT, standard_input: int = 0
) -> EntryStream:
    """The stream of a file that is plain, compressed, or an archive with exactly one file in it.

    Args:
        path: the file, its URL, or `-`.
        passwords: candidates for an encrypted zip.
        limits: the guards.
        standard_input: the descriptor that `-` stands for.

    Raises:
        ArchiveError: it cannot be opened, or holds no file, or several.
    """
    check_urls([path])
    entry = _only(find_inputs([path], limits, Silent(), standard_input=standard_input))
    while isinstance(step := open_container(entry, passwords, appended_zip=False), Members):
        only = _only(step.entries)
        if step.in_order:
            # Looking for a second member consumed the first one's stream: start again from the beginning.
            if path == STANDARD_INPUT:
                raise ArchiveError("a compressed tar archive cannot be used from standard input")
            only = _only(islice(_again(entry, passwords), 1))
        entry = only
    return step


def _again(entry: ArchiveEntry, passwords: Sequence[Secret]) -> Iterator[ArchiveEntry | Unread]:
    step = open_container(entry, passwords, appended_zip=False)
    return step.entries if isinstance(step, Members) else iter(())


def _only(items: Iterator[ArchiveEntry | Unread]) -> ArchiveEntry:
    first, second = next(items, None), next(items, None)
    if isinstance(second, Unread):
        raise ArchiveError(second.reason)
    if second is not None and not isinstance(first, Unread):
        raise ArchiveError("holds more than one file", hint="unpack it and name the file")
    match first:
        case None:
            raise ArchiveError("holds no file")
        case Unread():
            raise ArchiveError(first.reason)
        case ArchiveEntry():
            return first
