"""Octopus Deploy's documents: every JSON of every table walked for encrypted strings."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from parsers.errors import StoreError
from parsers.octopus.stores.known_paths import Known, is_by_document, known_in
from parsers.stores.ciphertext_form import unescaped

MAX_DOCUMENT_BYTES: Final = 64 << 20
"""Bytes of a document once decompressed; the largest known are snapshots of a few megabytes."""

_SEALED: Final = re.compile(r"([A-Za-z0-9+/]+={0,2})\|[A-Za-z0-9+/]{22}==")
# tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg==
_SEALED_WITHIN: Final = re.compile(
    r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22,}={0,2}\|[A-Za-z0-9+/]{22}==(?![A-Za-z0-9+/=])"
)
# {"db":{"Password":"tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="}} as the text of one member
_BAR: Final = re.compile(r"\||7[cC]")
"""A bar, or the escape of one: `\u007c`, `%7C`, `&#x7C;`."""
_BLOCK: Final = 16
_GZIP: Final = 31
"""zlib's window bits for a stream with a gzip header."""


class Item(NamedTuple):
    """A step into an array: which item (from 0), and its Name (or Id) where it has one."""

    at: int
    name: str


Path = tuple[str | Item, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A row of one of Octopus' tables.

    Attributes:
        table: its name.
        id: the document's id.
        members: what its JSON holds.
        columns: the other columns, by their names without capitals.
    """

    table: str
    id: str
    members: Mapping[str, object]
    columns: Mapping[str, str]

    def text(self, name: str) -> str:
        """A column, else a member of the JSON, else ""."""
        if found := self.columns.get(name.casefold()):
            return found
        return text_of(self.members, name)


@dataclass(frozen=True, slots=True, repr=False)
class DocumentValue:
    """A stored value in a document.

    Attributes:
        path: where in the JSON.
        around: the object that it is a member of, or the innermost one around it.
        value: the string, or None for null.
        known: whether the table of known places has this one.
    """

    path: Path
    around: Mapping[str, object]
    value: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class NoText:
    """A known place where something else than a string is: `{"HasValue": true}` of the REST API, say."""

    path: Path
    what: str


@dataclass(frozen=True, slots=True)
class Within:
    """Encrypted strings in a longer string: JSON as text, a connection string, a script.

    Nothing reads them there by itself, so they are not stored values: nobody knows what the string around
    them is, and so how to write it anew.
    """

    path: Path
    count: int


def inflated(blob: bytes) -> str:
    """The JSON of a `JSONBlob` column: gzip of UTF-16LE without a byte-order mark.

    Raises:
        StoreError: it is none, cut off, or larger than `MAX_DOCUMENT_BYTES`.
    """
    stream = zlib.decompressobj(_GZIP)
    try:
        content = stream.decompress(blob, MAX_DOCUMENT_BYTES)
        if not stream.eof:
            too_large = len(content) == MAX_DOCUMENT_BYTES
            raise StoreError("its JSONBlob is too large" if too_large else "its JSONBlob is cut off")
        return content.decode("utf-16-le")
    except zlib.error as error:
        raise StoreError("its JSONBlob is not gzip") from error
    except UnicodeDecodeError as error:
        raise StoreError("its JSONBlob holds no UTF-16") from error


def is_sealed(text: str) -> bool:
    """Whether it has the form of an encrypted string: ciphertext of whole blocks, `|`, a vector of one."""
    found = _SEALED.fullmatch(text)
    if found is None or len(found[1]) % 4:
        return False
    size = len(found[1]) // 4 * 3 - found[1].count("=")
    return size % _BLOCK == 0 and size > 0


def sealed_within(text: str) -> int:
    """How many encrypted strings stand in a text, escaped or not."""
    if not _BAR.search(text):
        return 0
    return sum(is_sealed(found[0]) for found in _SEALED_WITHIN.finditer(unescaped(text)))


def text_of(members: Mapping[str, object], name: str) -> str:
    """The string that a member holds, whatever its capitals; else ""."""
    value = members.get(name)
    if value is None:
        folded = name.casefold()
        value = next((each for key, each in members.items() if key.casefold() == folded), None)
    return value if isinstance(value, str) else ""


def held_in(document: Document) -> Iterator[DocumentValue | NoText | Within]:
    """Every stored value, in the document's own order.

    What has the form is one wherever it stands; on a known path everything is, whatever its form. What has
    it within a longer string is counted.

    Raises:
        StoreError: nested too deeply.
    """
    found: list[DocumentValue | NoText | Within] = []
    try:
        _walk_object(document.members, (), known_in(document.table, document.id), found)
    except RecursionError as error:
        raise StoreError("nested too deeply") from error
    yield from found


def _walk_object(
    members: Mapping[str, object], path: Path, known: Known, found: list[DocumentValue | NoText | Within]
) -> None:
    for name, value in members.items():
        _walk(value, (*path, name), members, known.member(name), found)


def _walk(
    value: object,
    path: Path,
    around: Mapping[str, object],
    known: Known,
    found: list[DocumentValue | NoText | Within],
) -> None:
    expected = known.here and not (known.if_sensitive and not _says_sensitive(around))
    match value:
        case str() if expected or is_sealed(value):
            found.append(DocumentValue(path, around, value, expected))
        case str() if count := sealed_within(value):
            found.append(Within(path, count))
        case None if expected:
            found.append(DocumentValue(path, around, None, known=True))
        case dict():
            if expected and "HasValue" in value:
                found.append(NoText(path, "only whether there is a value, as the REST API reports"))
            _walk_object(value, path, known, found)
        case list():
            inside = known.any_item()
            for index, item in enumerate(value):
                step = (*path, Item(index, _name_of(item)))
                _walk(item, step, item if isinstance(item, dict) else around, inside, found)
        case bool() | int() | float() if expected:
            found.append(NoText(path, "a number or truth value where a string is wanted"))


def _says_sensitive(variable: Mapping[str, object]) -> bool:
    """`"Type": "Sensitive"`; older versions say `"IsSensitive": true`."""
    return text_of(variable, "Type").casefold() == "sensitive" or variable.get("IsSensitive") is True


def _name_of(item: object) -> str:
    return text_of(item, "Name") if isinstance(item, dict) else ""


def location(document: Document, path: Path) -> str:
    """Where a person finds it: `variableset-Projects-1/Variables[DbPassword].Value`."""
    return f"{document.id}/{_written(path)}"


def record(document: Document, path: Path) -> str:
    """What finds it again: table, id, and the place in the JSON as a pointer (RFC 6901)."""
    steps = (str(step.at) if isinstance(step, Item) else step for step in path)
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return f"{document.table}:{document.id}#{pointer}"


def kind_of_place(document: Document, path: Path) -> str:
    """The type of a place, the same in every document: `Deployment.Steps[].Token`."""
    table = f"{document.table}[{document.id}]" if is_by_document(document.table) else document.table
    return f"{table}.{_written(path, named=False)}"


def _written(path: Path, *, named: bool = True) -> str:
    text = ""
    for step in path:
        if isinstance(step, Item):
            text += f"[{step.name or step.at}]" if named else "[]"
        else:
            text += f".{step}" if text else step
    return text
