"""Which of Octopus' tables something is of, by a name or an id."""

import re
from pathlib import Path
from typing import Final

from parsers.octopus.stores.known_paths import KNOWN_PATHS, KNOWN_PATHS_OF
from parsers.octopus.stores.names import NAMING_TABLES

_TABLES: Final = {name.casefold(): name for name in (*KNOWN_PATHS, *KNOWN_PATHS_OF, *NAMING_TABLES)}
_DOCUMENTS: Final = {
    document: table
    for table, documents in KNOWN_PATHS_OF.items()
    for document in documents
    if document != "*"
}
_ENDINGS: Final = re.compile(r"\.(?:csv|tsv|txt|dat|jsonl?|ndjson|parquet)\b.*", re.IGNORECASE)
_STEM: Final = re.compile(r"(?:\[?dbo\]?[._])?\[?(\w+?)\]?(?:[-_.]\d[\w-]*)?", re.IGNORECASE)
# Account.csv, dbo.Account.csv, Account-2024-05-01.jsonl
_PREFIX: Final = re.compile(r"([A-Za-z]+)-")
# Accounts-1 is of Account, variableset-Projects-1 of VariableSet


def table_named(word: str) -> str:
    """The table of this name, perhaps in the plural; or ""."""
    folded = word.casefold()
    singular = f"{folded.removesuffix('ies')}y" if folded.endswith("ies") else folded.removesuffix("s")
    return _TABLES.get(folded) or _TABLES.get(singular, "")


def table_of_file(path: str) -> str:
    """The table that a file is named after, or "" if it is none that is known."""
    found = _STEM.fullmatch(_ENDINGS.sub("", Path(path).name))
    return table_named(found[1]) if found else ""


def table_of_id(id_: str) -> str:
    """The table that an id is of, by the word it begins with; that word, if no such table is known."""
    found = _PREFIX.match(id_)
    if found is None:
        return _DOCUMENTS.get(id_.casefold(), "document")
    return _DOCUMENTS.get(id_.casefold()) or table_named(found[1]) or found[1]
