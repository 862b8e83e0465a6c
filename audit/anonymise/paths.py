"""Paths and locations without the names in them: only the products' own words stay."""

import re
from typing import Final

from audit.anonymise.product_words import PRODUCT_WORDS, WORD
from audit.anonymise.pseudonyms import KnownNames, Pseudonyms, Replacement, replaced

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
