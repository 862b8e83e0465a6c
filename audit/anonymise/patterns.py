"""What identifies somebody by its form alone: addresses, hosts, paths, locations, quoted and named values."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from audit.anonymise.pseudonyms import PRODUCT_WORDS, WORD, KnownNames, Pseudonyms, Replacement, replaced

_MAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")
_ADDRESS: Final = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)(?![\w:])"
)
_DOTTED: Final = re.compile(r"(?<![\w.$-])(?:[A-Za-z0-9][\w-]*\.)+[A-Za-z][\w-]*(?![\w$(-])")
# jdbc:mysql://db.example:3306/commander  \\server\share
_AUTHORITY: Final = re.compile(r"(?<=://)[^\s/'\"<>()\[\],;]+|(?<=\\\\)[\w.-]+")
_UNIX_PATH: Final = re.compile(r"(?<![\w/:.])(?:/[^\s/'\":;,()<>\[\]]+){2,}/?")
_WINDOWS_PATH: Final = re.compile(r"(?<!\w)[A-Za-z]:\\[^\s'\":;,()<>]+")
# Skipping updating password for credential 'deploy'  (but not the apostrophes of "Couldn't … can't")
_QUOTED: Final = re.compile(r"(?<!\w)'([^'\n]{1,300})'(?!\w)|\"([^\"\n]{1,300})\"")
# credential[name=deploy,id=…]  userName=jdoe
_NAMED: Final = re.compile(
    r"\b(?:\w*[Nn]ame|user|login|principal|owner|project|host|client|address)=([^,;\]\s)]+)"
)
_HARMLESS: Final = re.compile(r"[0-9a-f]{40}|\[masked\]|xx|yy|null|true|false|\d+")

_PACKAGES: Final = frozenset(
    {"com", "edu", "io", "java", "javax", "jdk", "net", "org", "sun", "jakarta", "kotlin"}
)
"""Java classes begin with what hosts end with."""
_HOST_ENDS: Final = re.compile(
    r"(?i)com|org|net|edu|gov|mil|int|info|biz|dev|app|cloud|example|test|invalid|local|localdomain|internal|"
    r"intranet|intra|corp|lan|home|private|domain|svc|[a-z]{2}"
)


def found_by_form(text: str, pseudonyms: Pseudonyms, path_of: Callable[[str], str]) -> Iterator[Replacement]:
    """Every address, host, path and quoted or named value, with a pseudonym for each.

    Args:
        text: free text, such as a log entry.
        pseudonyms: what things are called; new ones are added.
        path_of: a path in its anonymous form.
    """
    for pattern, kind, holds in _WHOLE:
        for match in filter(holds, pattern.finditer(text)):
            yield Replacement(*match.span(), pseudonyms.of(match[0], kind))
    for pattern in (_UNIX_PATH, _WINDOWS_PATH):
        for match in pattern.finditer(text):
            yield Replacement(*match.span(), path_of(match[0]))
    for pattern in (_QUOTED, _NAMED):
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            if not _HARMLESS.fullmatch(match[group]):
                yield Replacement(*match.span(group), pseudonyms.of(match[group], "value"))


def _is_address(found: re.Match[str]) -> bool:
    try:
        ipaddress.ip_address(found[0].rstrip("."))
    except ValueError:
        return False
    return True


def _is_host(found: re.Match[str]) -> bool:
    first, *_, last = found[0].split(".")
    return first.lower() not in _PACKAGES and _HOST_ENDS.fullmatch(last) is not None


_WHOLE: Final[tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], bool]], ...]] = (
    (_MAIL, "mail", bool),
    (_AUTHORITY, "host", bool),
    (_ADDRESS, "address", _is_address),
    (_DOTTED, "host", _is_host),
)
"""Pattern, kind of pseudonym, and a further condition on a match."""


_STRUCTURE: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*-\d+(?:-s-\d+-\w+)?")
"""An id of Octopus that holds no name: `variableset-Projects-6`, its snapshot `…-s-2-ABCDE`."""


def anonymous_path(path: str, known: KnownNames, pseudonyms: Pseudonyms) -> str:
    """The path in which every word is a pseudonym, but numbers and what the products call things."""
    taken = list(known.found(path))
    words = [
        Replacement(*word.span(), pseudonyms.of(word[0], "part"))
        for word in WORD.finditer(path)
        if not word[0].isdigit() and word[0].lower() not in PRODUCT_WORDS
    ]
    return replaced(path, [*taken, *words])


def anonymous_location(location: str, known: KnownNames, pseudonyms: Pseudonyms) -> str:
    """A credential's location: `/projects/project-1/credentials/name-1`.

    Of Octopus' (`<document id>/<JSON path>`) the JSON path stays, which is the product's, but not what stands
    in its brackets, and not a document's id that is made of a name.
    """
    document, slash, rest = location.partition("/")
    if not document or not slash:
        return anonymous_path(location, known, pseudonyms)
    safe = document if _STRUCTURE.fullmatch(document) else pseudonyms.of(document, "document")
    inside = re.sub(r"(?<=\[)[^\]]*(?=\])", lambda name: _bracketed(name[0], pseudonyms), rest)
    return f"{safe}/{inside}"


def _bracketed(name: str, pseudonyms: Pseudonyms) -> str:
    return name if name.isdigit() else pseudonyms.of(name, "name")
