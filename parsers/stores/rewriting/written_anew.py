"""A store of files that is written anew: located, then streamed."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.archives.interface import ByteStream
from parsers.errors import StoreError
from parsers.stores.change import Change, Hindrance, Obstacle, Rewriting
from parsers.stores.interface import Store
from parsers.stores.rewriting.arrivals import arrivals
from parsers.stores.rewriting.marked_stream import MarkedStream
from parsers.stores.rewriting.placeholders import LEAST_DIGITS, Placeholders
from parsers.stores.rewriting.scan import Scan
from parsers.stores.rewriting.scanned_file import ScannedFile
from parsers.stores.rewriting.source_files import SourceFile
from parsers.stores.rewriting.spelling import core
from parsers.stores.rewriting.spliced import Edit, spliced
from parsers.stores.store_file import HEAD_BYTES, Look, chunks

FingerprintSpan = Callable[[bytes], tuple[int, int] | None]


def _all_have_room(_changes: Sequence[Change]) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class WrittenAnew:
    """An `OutOfPlace` over any store that consists of files.

    Attributes:
        label: as in `OutOfPlace`.
        files: those of the store, looked up each time.
        seen_through: the same store, read through another look at its files.
        without_room: the records of the changes that make a value longer than it may be.
        fingerprint_span: where the first bytes of its one file name the fingerprint of a key, for a store
            that does: from which byte to which; None where this one does not.
    """

    label: str
    files: Callable[[], list[SourceFile]]
    seen_through: Callable[[Look], Store]
    without_room: Callable[[Sequence[Change]], Collection[str]] = _all_have_room
    fingerprint_span: FingerprintSpan | None = None

    def locate(self, changes: Sequence[Change]) -> Rewriting:
        """As `OutOfPlace.locate`: one pass over the files, and as many as the store's reader takes.

        Raises:
            StoreError, ArchiveError: the source cannot be read.
        """
        cut = self.without_room(changes)
        changes = [change for change in changes if change.record not in cut]
        olds = _searched(changes)
        scan = Scan(self.files(), olds)
        salt = str(int.from_bytes(scan.digest)).encode()
        placeholders = Placeholders(salt, list(olds))
        by_path = {each.file.reference: each for each in scan.files if len(each.occurrences)}

        def look(path: str, stream: ByteStream) -> ByteStream:
            file = by_path.get(path)
            return stream if file is None else MarkedStream(stream, file, placeholders)

        found = arrivals(self.seen_through(look).read(), changes, scan, placeholders)
        obstacles = (*_too_short(cut), *found.obstacles)
        return _Located(obstacles, tuple(scan.files), found.news, self.fingerprint_span)


def _too_short(records: Collection[str]) -> Iterator[Obstacle]:
    if records:
        what = f"{len(records)} values would be longer than their columns: a server may cut them off"
        yield Obstacle(Hindrance.TOO_SHORT, what, tuple(records))


def _searched(changes: Sequence[Change]) -> dict[bytes, int]:
    """A number for each value that is to change and long enough to be ciphertext."""
    pairs = ((change.old.value, change.new.value) for change in changes)
    vectors = ((change.old.iv, change.new.iv) for change in changes)
    cores = (core(old) for each in (pairs, vectors) for old, new in each if old is not None and old != new)
    long = (value for value in cores if len(value.translate(None, b"|=")) >= LEAST_DIGITS)
    return {value: number for number, value in enumerate(dict.fromkeys(long))}


@dataclass(frozen=True, slots=True, repr=False)
class _Located:
    """A `Rewriting`."""

    obstacles: tuple[Obstacle, ...]
    scanned: tuple[ScannedFile, ...]
    news: Mapping[int, bytes]
    fingerprint_span: FingerprintSpan | None

    def files(self, *, fingerprint: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """As `Rewriting.files`.

        Raises:
            StoreError, ArchiveError: a file cannot be read, or is another than before.
        """
        for each in self.scanned:
            yield each.file.name, self._rewritten(each, fingerprint)

    def _rewritten(self, scanned: ScannedFile, fingerprint: str | None) -> Iterator[bytes]:
        digest = hashlib.sha256()

        def digested(stream: ByteStream) -> Iterator[bytes]:
            for chunk in chunks(stream):
                digest.update(chunk)
                yield bytes(chunk)

        edits = self._edits(scanned)
        if fingerprint is not None and (edit := self._fingerprint(scanned, fingerprint)):
            edits = sorted([*edits, edit])
        with scanned.file.open() as stream:
            yield from spliced(digested(stream), edits)
        if digest.digest() != scanned.digest:
            raise StoreError(f"{scanned.file.reference!r} was changed while it was read")

    def _edits(self, scanned: ScannedFile) -> list[Edit]:
        edits = []
        for number in scanned.numbers:
            if number in self.news:
                start, length, *_ = scanned.occurrence(number)
                edits.append(Edit(start, length, scanned.characters.encoded(self.news[number])))
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
        return Edit(span[0], span[1] - span[0], scanned.characters.encoded(fingerprint.encode("ascii")))
