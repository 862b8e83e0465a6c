"""A `javax.crypto.spec.SecretKeySpec` as Java's ObjectOutputStream writes it.

Source of the format: Java Object Serialization Specification, chapter 6, "Object Serialization Stream
Protocol". The stream is read for its one byte array; no class is made of it.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAGIC: Final = b"\xac\xed\x00\x05"

_END_OF_BLOCK: Final = 0x78
_BASE_HANDLE: Final = 0x7E0000
_WRITES_MORE: Final = 0x01
_DEEPEST: Final = 16
_PRIMITIVE_BYTES: Final = {"B": 1, "C": 2, "D": 8, "F": 4, "I": 4, "J": 8, "S": 2, "Z": 1}
_KEY_FIELDS: Final = {"javax.crypto.spec.SecretKeySpec": "key", "java.security.KeyRep": "encoded"}
"""The class, and its field that is the key; `KeyRep` is what other kinds of key are replaced by."""


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    writes_more: bool
    fields: tuple[tuple[str, str], ...]
    parent: "_Class | None"


def java_key(content: bytes) -> bytes:
    """The key in a serialized key object, or nothing: it is not such a stream, or is damaged."""
    if not content.startswith(MAGIC):
        return b""
    reader = _Reader(content, len(MAGIC))
    try:
        reader.read()
    except (struct.error, IndexError, KeyError, UnicodeDecodeError, ValueError):
        return b""
    return reader.key


class _Reader:
    """One pass over the stream; `key` is what was found."""

    def __init__(self, content: bytes, position: int) -> None:
        self.key = b""
        self._content = content
        self._position = position
        self._handles: list[object] = []
        self._depth = 0

    def read(self) -> object:
        """The next object.

        Raises:
            ValueError, struct.error, KeyError, IndexError: it is damaged, or nested too deep.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deep")
        try:
            return self._read(self._byte())
        finally:
            self._depth -= 1

    def _read(self, tag: int) -> object:
        parts: dict[int, Callable[[], object]] = {
            0x70: lambda: None,  # TC_NULL
            0x71: lambda: self._handles[self._number(">i") - _BASE_HANDLE],  # TC_REFERENCE
            0x72: self._class,  # TC_CLASSDESC
            0x73: self._object,  # TC_OBJECT
            0x74: lambda: self._known(self._text(self._number(">H"))),  # TC_STRING
            0x75: self._array,  # TC_ARRAY
            0x77: lambda: self._take(self._byte()),  # TC_BLOCKDATA
            0x7C: lambda: self._known(self._text(self._number(">q"))),  # TC_LONGSTRING
            0x7E: self._enum,  # TC_ENUM
        }
        return parts[tag]()

    def _enum(self) -> object:
        self._class_of()
        self._known(None)
        return self.read()

    def _class(self) -> _Class:
        name = self._text(self._number(">H"))
        self._take(8)  # serialVersionUID
        place = len(self._handles)
        self._known(None)
        flags = self._byte()
        fields = []
        for _ in range(self._number(">H")):
            kind = chr(self._byte())
            field = self._text(self._number(">H"))
            if kind in "[L":
                kind = str(self.read())
            fields.append((kind, field))
        self._skip_annotation()
        parent = self.read()
        made = _Class(
            name, bool(flags & _WRITES_MORE), tuple(fields), parent if isinstance(parent, _Class) else None
        )
        self._handles[place] = made
        return made

    def _object(self) -> object:
        of = self._class_of()
        self._known(of)
        lineage = [of]
        while (parent := lineage[-1].parent) is not None:
            lineage.append(parent)
            if len(lineage) > _DEEPEST:
                raise ValueError("nested too deep")
        for each in reversed(lineage):
            for kind, field in each.fields:
                size = _PRIMITIVE_BYTES.get(kind)
                value = self.read() if size is None else self._take(size)
                if _KEY_FIELDS.get(each.name) == field and isinstance(value, bytes):
                    self.key = value
            if each.writes_more:
                self._skip_annotation()
        return of

    def _array(self) -> object:
        of = self._class_of()
        place = len(self._handles)
        self._known(None)
        size = self._number(">i")
        if of.name == "[B":
            self._handles[place] = self._take(size)
            return self._handles[place]
        width = _PRIMITIVE_BYTES.get(of.name[1:])
        if width is not None:
            return self._take(size * width)
        return [self.read() for _ in range(size)]

    def _class_of(self) -> _Class:
        of = self.read()
        if not isinstance(of, _Class):
            raise ValueError("no class is described here")  # noqa: TRY004 - the data is wrong, not the program
        return of

    def _skip_annotation(self) -> None:
        while self._content[self._position] != _END_OF_BLOCK:
            self.read()
        self._position += 1

    def _known(self, value: object) -> object:
        self._handles.append(value)
        return value

    def _byte(self) -> int:
        self._position += 1
        return self._content[self._position - 1]

    def _number(self, kind: str) -> int:
        (number,) = struct.unpack(kind, self._take(struct.calcsize(kind)))
        return int(number)

    def _text(self, size: int) -> str:
        return self._take(size).decode()

    def _take(self, size: int) -> bytes:
        taken = self._content[self._position : self._position + size]
        if size < 0 or len(taken) != size:
            raise ValueError("cut off")
        self._position += size
        return taken
