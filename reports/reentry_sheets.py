"""The cells of a workbook that came back, read with nothing but a zip and an XML reader."""

import io
import re
import zipfile
from typing import Final
from xml.parsers import expat

from reports.errors import ReturnedListError

LONGEST: Final = 256 * 2**20
"""Decompressed bytes of a workbook that are read at all: some million cells."""

_COLUMNS: Final = 256
"""What lies further to the right is not read: the lists have a dozen columns, and teams may add some."""

_SHARED: Final = "xl/sharedStrings.xml"
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
# Half a surrogate pair, which is not a character, stays as it is.
_ESCAPED: Final = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


def sheets_of(content: bytes, *, longest: int = LONGEST) -> list[list[list[str]]]:
    """For each sheet its rows, for each row its cells as text; formulas give the value that was saved.

    Args:
        content: the file.
        longest: how many bytes its parts may unpack to.

    Raises:
        ReturnedListError: it is not a workbook, or one that is damaged, encrypted or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            budget = _Budget(longest)
            shared = _SharedStrings().read(budget.take(parts, _SHARED)) if _SHARED in parts.namelist() else []
            names = sorted(filter(_SHEET.fullmatch, parts.namelist()))
            return [_Cells(shared).read(budget.take(parts, name)) for name in names]
    except ReturnedListError:
        raise
    except Exception as error:  # one input: zipfile lets many kinds through on damaged files
        raise ReturnedListError(f"not a readable workbook: {type(error).__name__}") from error


class _Budget:
    """How many bytes may still be decompressed, whatever the archive says of itself."""

    def __init__(self, longest: int) -> None:
        self._longest = self._left = longest

    def take(self, parts: zipfile.ZipFile, name: str) -> bytes:
        with parts.open(name) as part:
            content = part.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise ReturnedListError(f"a workbook of more than {self._longest} bytes")
        return content


class _Part:
    """One XML part; elements by their name without a prefix. Document types are refused."""

    def __init__(self) -> None:
        self._within: list[str] = []
        self._pieces: list[str] = []

    def _parse(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)  # noqa: FBT003  # expat takes it by position only

    def _refuse(self, *_: object) -> None:
        raise ReturnedListError("a workbook with a document type, which none has")

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._within.append(name.rpartition(":")[2])
        self._begun(self._within[-1], given)

    def _end(self, _: str) -> None:
        self._done(self._within.pop())

    def _text(self, text: str) -> None:
        if self._within[-1] in {"v", "t"} and "rPh" not in self._within:  # not how it is pronounced
            self._pieces.append(text)

    def _take_text(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def _begun(self, name: str, given: dict[str, str]) -> None: ...

    def _done(self, name: str) -> None: ...


class _SharedStrings(_Part):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []

    def read(self, content: bytes) -> list[str]:
        self._parse(content)
        return self._texts

    def _done(self, name: str) -> None:
        if name == "si":
            self._texts.append(_unescaped(self._take_text()))


class _Cells(_Part):
    """The rows of a sheet."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self._shared = shared
        self._rows: list[list[str]] = []
        self._kind = ""
        self._place = 0

    def read(self, content: bytes) -> list[list[str]]:
        self._parse(content)
        return self._rows

    def _begun(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            self._rows.append([])
        elif name == "c":
            self._kind = given.get("t", "n")
            self._place = _column(given["r"]) if "r" in given else len(self._rows[-1])
            self._pieces.clear()

    def _done(self, name: str) -> None:
        if name == "c" and self._place < _COLUMNS:
            row = self._rows[-1]
            row += [""] * (self._place + 1 - len(row))
            row[self._place] = self._value(self._take_text())

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                return self._shared[int(text)] if text else ""
            case "b":
                return "true" if text == "1" else "false"
            case "str" | "inlineStr":
                return _unescaped(text)
            case _:
                return text


def _column(place: str) -> int:
    """Of a place such as `AB12`, from 0."""
    letters = place.rstrip("0123456789")
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ReturnedListError("a workbook with a cell outside any sheet")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _unescaped(text: str) -> str:
    """Control characters stand as `_x0001_`, and such text itself with its underscore as `_x005F_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
