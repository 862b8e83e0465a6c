"""The one stream that a store's file holds."""

from collections.abc import Iterator, Sequence
from itertools import islice

from parsers.archives.entries import Found, Members
from parsers.archives.inputs import STANDARD_INPUT, found_inputs
from parsers.archives.interface import Leaf
from parsers.archives.limits import DEFAULT, Limits
from parsers.archives.open_container import enter
from parsers.archives.remote.urls import check_urls
from parsers.errors import ArchiveError
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.unread import Unread


def open_single(
    path: str, *, passwords: Sequence[Secret] = (), limits: Limits = DEFAULT, standard_input: int = 0
) -> Leaf:
    """The stream of a file that is plain, compressed, or an archive with exactly one file in it.

    Args:
        path: the file, its URL, or `-`.
        passwords: candidates for an encrypted zip.
        limits: the guards.
        standard_input: descriptor behind `-`.

    Raises:
        ArchiveError: it cannot be opened, or holds no file, or several.
    """
    check_urls([path])
    found = _only(found_inputs([path], limits, Silent(), standard_input=standard_input))
    while isinstance(step := enter(found, passwords, look_behind=False), Members):
        only = _only(step.found)
        if step.in_order:
            # To see that no second member follows, the first was read over: go back to it.
            if path == STANDARD_INPUT:
                raise ArchiveError("a compressed tar archive cannot be used from standard input")
            only = _only(islice(_again(found, passwords), 1))
        found = only
    return step


def _again(found: Found, passwords: Sequence[Secret]) -> Iterator[Found | Unread]:
    step = enter(found, passwords, look_behind=False)
    return step.found if isinstance(step, Members) else iter(())


def _only(items: Iterator[Found | Unread]) -> Found:
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
        case Found():
            return first
