"""`ectool export` XML of CloudBees CD, read as a stream in flat memory.

Credentials lie as in the published exports of versions 3.5 to 5.0. The element names of the other kinds in a
full export are not public: they are inferred from the product's naming rule (`ectool` option
`--mailUserPassword`, hence `emailConfig/mailUserPassword`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType, errors

from parsers.archives.interface import ByteStream, EntryStream
from parsers.cloudbees.stores.export_elements import ExportElements
from parsers.cloudbees.stores.export_raw_texts import Cuts, raw_texts
from parsers.errors import ArchiveError, StoreError
from parsers.stores.batches import StoredRow, in_batches
from parsers.stores.interface import StoreEvent
from parsers.stores.store_file import StoreFile, chunks

MAX_TAG_BYTES: Final = 16 << 20
"""Expat holds an unfinished tag in memory and starts it over with every chunk: without a limit one tag of
400 MB costs as much memory and hours."""

_UTF_16: Final = re.compile(rb"\xff\xfe|\xfe\xff|<\0|\0<")
"""Of such an export the values are read, and other places are not searched: nobody has seen one."""

_CUT_OFF: Final = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
)


@dataclass(frozen=True, slots=True)
class CloudBeesExport:
    """A `Store` over one export file.

    `record` is `byte N`: where the value's text begins in the decompressed file (for an empty element:
    where its tag ends), so that the value can be found again and replaced.
    """

    file: StoreFile

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: no export, a document type (no entity is ever expanded), or unreadable from the start.
        """
        with self.file.open() as leaf:
            yield from in_batches(_items(leaf), leaf)


def _items(leaf: EntryStream) -> Iterator[StoredRow | StoreEvent]:
    parser = ParserCreate()
    elements = ExportElements(parser, leaf)
    fault: StoreError | ArchiveError | None = None
    try:
        for _ in _fed(parser, elements, leaf.stream):
            yield from elements.finished()
    except (ArchiveError, StoreError) as error:
        fault = error
    yield from elements.finished()
    yield from elements.uncovered()
    if fault:
        raise fault


def _fed(parser: XMLParserType, elements: ExportElements, stream: ByteStream) -> Iterator[None]:
    """Feed the parser; stops after every chunk, so that what it found can be handed on."""
    total = 0
    cuts = Cuts()
    try:
        for chunk in chunks(stream):
            content = cuts.whole(chunk)
            if not total and _UTF_16.match(content):
                elements.tell_not_searched()
            _feed(parser, elements, content)
            total += len(content)
            if total - parser.CurrentByteIndex > MAX_TAG_BYTES:
                raise StoreError(
                    f"byte {parser.CurrentByteIndex}: a tag of more than {MAX_TAG_BYTES >> 20} MiB"
                )
            yield
        _feed(parser, elements, cuts.last())
        parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keyword
    except ExpatError as error:
        ended = error.code in _CUT_OFF
        raise StoreError(f"{'cut off' if ended else 'not well-formed XML'}: {error}") from error
    except (ValueError, LookupError) as error:
        raise StoreError(f"an encoding that cannot be read: {error}") from error


def _feed(parser: XMLParserType, elements: ExportElements, content: bytes) -> None:
    """Feed the parser; it waits in front of each text that may be ciphertext, for it knows the place."""
    view = memoryview(content)
    fed = 0
    for found in raw_texts(content):
        if found.start > fed:
            parser.Parse(view[fed : found.start], False)  # noqa: FBT003  # expat takes no keyword
            fed = found.start
        elements.look_at(found)
    parser.Parse(view[fed:], False)  # noqa: FBT003  # as above
