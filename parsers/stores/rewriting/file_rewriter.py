"""A store of files that is written anew: values located, then all bytes streamed with replacements."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parsers.archives.interface import ByteStream
from parsers.errors import StoreError
from parsers.stores.interface import Store
from parsers.stores.rewriting.matching import match_changes
from parsers.stores.rewriting.placeholders import LEAST_DIGITS, MarkedStream, Placeholders
from parsers.stores.rewriting.scan import Scan, ScannedFile
from parsers.stores.rewriting.source_files import SourceFile
from parsers.stores.rewriting.spelling import core
from parsers.stores.store_file import HEAD_BYTES, Look, chunks
from parsers.stores.store_writer import Blocker, BlockerKind, FileRewrite, ValueChange


class Edit(NamedTuple):
    """A part of the stream, and its replacement."""

    start: int
    length: int
    new: bytes


def splice(pieces: Iterable[bytes], edits: Iterable[Edit]) -> Iterator[bytes]:
    """The stream with every edit made.

    Args:
        pieces: the stream.
        edits: in the stream's order, without overlap, all within it.
    """
    waiting = iter(edits)
    edit = next(waiting, None)
    at, done_to = 0, 0
    for piece in pieces:
        end = at + len(piece)
        parts = []
        position = max(done_to, at)
        while edit is not None and edit.start < end:
            parts += [piece[position - at : edit.start - at], edit.new]
            position = done_to = edit.start + edit.length
            edit = next(waiting, None)
        parts.append(piece[position - at :])
        yield b"".join(parts)
        at = end


FingerprintSpan = Callable[[bytes], tuple[int, int] | None]


def _nothing_too_long(_changes: Sequence[ValueChange]) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class StreamRewriter:
    """A `FileRewriter` for any store that consists of files.

    Attributes:
        label: as in `FileRewriter`.
        files: those of the store, looked up at each call.
        through: the same store, with a `Look` through which its files are read.
        too_long: the records of the changes that make a value longer than its column.
        fingerprint_span: finds in the first bytes of its one file the range of the bytes that name the
            fingerprint of a key, for a store that has one; None where this file does not.
    """

    label: str
    files: Callable[[], list[SourceFile]]
    through: Callable[[Look], Store]
    too_long: Callable[[Sequence[ValueChange]], Collection[str]] = _nothing_too_long
    fingerprint_span: FingerprintSpan | None = None

    def locate(self, changes: Sequence[ValueChange]) -> FileRewrite:
        """As `FileRewriter.locate`: one pass over the files, then those of the store's reader.

        Raises:
            StoreError, ArchiveError: the source cannot be read.
        """
        cut = self.too_long(changes)
        changes = [change for change in changes if change.record not in cut]
        olds = _search_values(changes)
        scan = Scan(self.files(), olds)
        salt = str(int.from_bytes(scan.digest)).encode()
        placeholders = Placeholders(salt, list(olds))
        by_path = {each.file.reference: each for each in scan.files if len(each.occurrences)}

        def look(path: str, stream: ByteStream) -> ByteStream:
            file = by_path.get(path)
            return stream if file is None else MarkedStream(stream, file, placeholders)

        found = match_changes(self.through(look).read(), changes, scan, placeholders)
        blockers = (*_too_short_blockers(cut), *found.blockers)
        return _StreamRewrite(blockers, tuple(scan.files), found.new_texts, self.fingerprint_span)


def _too_short_blockers(records: Collection[str]) -> Iterator[Blocker]:
    if records:
        what = f"{len(records)} values would be longer than their columns: a server may truncate them"
        yield Blocker(BlockerKind.TOO_SHORT, what, tuple(records))


def _search_values(changes: Sequence[ValueChange]) -> dict[bytes, int]:
    """A number for each value that is to change and is long enough to be ciphertext."""
    pairs = ((change.old.value, change.new.value) for change in changes)
    vectors = ((change.old.iv, change.new.iv) for change in changes)
    cores = (core(old) for each in (pairs, vectors) for old, new in each if old is not None and old != new)
    long = (value for value in cores if len(value.translate(None, b"|=")) >= LEAST_DIGITS)
    return {value: number for number, value in enumerate(dict.fromkeys(long))}


@dataclass(frozen=True, slots=True, repr=False)
class _StreamRewrite:
    """The `FileRewrite` of a `StreamRewriter`."""

    blockers: tuple[Blocker, ...]
    scanned: tuple[ScannedFile, ...]
    new_texts: Mapping[int, bytes]
    fingerprint_span: FingerprintSpan | None

    def files(self, *, fingerprint: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """As `FileRewrite.files`.

        Raises:
            StoreError, ArchiveError: a file cannot be read, or has changed since.
        """
        for each in self.scanned:
            yield each.file.name, self._rewrite(each, fingerprint)

    def _rewrite(self, scanned: ScannedFile, fingerprint: str | None) -> Iterator[bytes]:
        digest = hashlib.sha256()

        def digest_chunks(stream: ByteStream) -> Iterator[bytes]:
            for chunk in chunks(stream):
                digest.update(chunk)
                yield bytes(chunk)

        edits = self._edits(scanned)
        if fingerprint is not None and (edit := self._fingerprint(scanned, fingerprint)):
            edits = sorted([*edits, edit])
        with scanned.file.open() as stream:
            yield from splice(digest_chunks(stream), edits)
        # The edits are byte positions in the file that was scanned: in any other they would corrupt it.
        if digest.digest() != scanned.digest:
            raise StoreError(f"{scanned.file.reference!r} was changed while it was read")

    def _edits(self, scanned: ScannedFile) -> list[Edit]:
        edits = []
        for number in scanned.numbers:
            if number in self.new_texts:
                start, length, *_ = scanned.occurrence(number)
                edits.append(Edit(start, length, scanned.characters.encode(self.new_texts[number])))
        return edits

    def _fingerprint(self, scanned: ScannedFile, fingerprint: str) -> Edit | None:
        if self.fingerprint_span is None:
            return None
        head = bytearray()
        with scanned.file.open() as stream:
            for chunk in chunks(stream, HEAD_BYTES):
                head += chunk
                if len(head) >= HEAD_BYTES:
                    break
        span = self.fingerprint_span(bytes(head))
        if span is None:
            return None
        return Edit(span[0], span[1] - span[0], scanned.characters.encode(fingerprint.encode("ascii")))
