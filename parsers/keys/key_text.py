"""The text of a key file: what in it may be a key, without the marks, comments and labels around it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

BYTE_ORDER_MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}

_COLOURS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""What a terminal writes around a key, `docker exec -t … show-master-key > FILE`."""

_COMMENT: Final = re.compile(r"(?:#|;|//|--)(?:\s|$)|[#;]|//+\s*$")

# passkey: 8J+…=    MASTER_KEY=…    "masterKey": "…",    export KEY='…'    - passkey: …
_LABELLED: Final = re.compile(
    r"""(?:[-{]\s*)?(?:export\s+|set\s+)?
        (?P<quote>["']?)(?P<label>[A-Za-z_0-9][\w .\-/()]{0,60}?)(?P=quote)
        \s*[:=]\s*(?P<value>\S.*)?""",
    re.VERBOSE,
)
_QUOTED: Final = re.compile(r"""(?P<quote>["'`])(?P<value>.*)(?P=quote)""")
_TRAILING_COMMENT: Final = re.compile(r"\s(?:#|//)\s.*$")

_LONGEST: Final = 1_000
"""Characters of a line that may be a key: a serialized one in base64 takes 300."""


@dataclass(frozen=True, slots=True)
class KeyCandidate:
    """A line, or a member of a JSON document, that may be a key.

    Attributes:
        label: what stands before it, or "".
        value: the rest, without quotes.
        line: the whole line; "" for a member of JSON that has a name.
    """

    label: str
    value: str
    line: str


def decode_text(content: bytes) -> str | None:
    """The text of a file: its encoding by a byte-order mark, else UTF-8; None if it is not text.

    UTF-16 without a mark is known by its zero bytes, where all else is ASCII. Terminal colours are cut out.
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), encoding)
    if len(content) >= 4 and len(content) % 2 == 0:
        for zeros, letters, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
            if not any(content[zeros::2]) and content[letters::2].isascii() and all(content[letters::2]):
                return _decoded(content, encoding)
    return _decoded(content, "utf-8")


@lru_cache(maxsize=16)
def entries(text: str) -> tuple[KeyCandidate, ...]:
    """What in a text may be a key, in order: comments, blank lines and labels without a value left out."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            document, _ = json.JSONDecoder().raw_decode(text.lstrip())
        except (ValueError, RecursionError):  # no JSON, or nested to exhaust the parser
            pass
        else:
            return tuple(_of_json(document, ""))
    return tuple(entry for line in text.splitlines() if (entry := _of_line(line.strip())) is not None)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return _COLOURS.sub("", content.decode(encoding))
    except UnicodeDecodeError:
        return None


def _of_line(line: str) -> KeyCandidate | None:
    if not line or len(line) > _LONGEST or _COMMENT.match(line):
        return None
    labelled = _LABELLED.fullmatch(line)
    if labelled is None:
        return KeyCandidate("", _unquoted(line), line)
    if labelled["value"] is None:
        # `Octopus Master Key:` stands on a line of its own; the padding of base64 is `=` too.
        return None if line.endswith(":") else KeyCandidate("", line, line)
    return KeyCandidate(labelled["label"], _unquoted(labelled["value"]), line)


def _unquoted(value: str) -> str:
    bare = _TRAILING_COMMENT.sub("", value).rstrip().removesuffix(",").removesuffix(";").rstrip(" }")
    quoted = _QUOTED.fullmatch(bare)
    return quoted["value"] if quoted else bare


def _of_json(document: object, label: str) -> Iterator[KeyCandidate]:
    waiting: list[tuple[str, object]] = [(label, document)]
    while waiting:
        name, value = waiting.pop()
        match value:
            case dict():
                waiting += reversed([(str(each), below) for each, below in value.items()])
            case list():
                waiting += reversed([(name, below) for below in value])
            case str() if value.strip() and value.strip().isprintable():  # JSON can hold half a character
                yield KeyCandidate(name, value.strip(), "" if name else value.strip())
            case _:
                pass
