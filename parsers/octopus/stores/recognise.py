"""Whether a file or folder is one of Octopus Deploy's stores: by content, never by name."""

import re
from pathlib import Path
from typing import Final

from parsers.errors import StoreError
from parsers.octopus.stores.drop import MAGIC, OfflineDrop
from parsers.octopus.stores.migrator import MigratorFolder, is_migrator_folder
from parsers.octopus.stores.script import OctopusScript
from parsers.octopus.stores.table_file import OctopusTableFile, form_of, table_folder
from parsers.stores.interface import Store
from parsers.stores.store_file import StoreFile
from parsers.stores.text_encoding import encoding_of

_SQL: Final = re.compile(
    r"\s*(?:--|/\*|(?:SET|USE|BEGIN|CREATE|DECLARE|PRINT|DROP|INSERT|ALTER|IF|GO)\b)", re.IGNORECASE
)
_BATCH_END: Final = re.compile(r"(?im)^GO[ \t]*\r?$")
_INSERTS_DOCUMENT: Final = re.compile(
    r"(?im)^\s*INSERT\s+(?:INTO\s+)?[\w.\"\[\]]+\s*\((?=[^()]*\bId\b)(?=[^()]*\bJSON(?:Blob)?\b)"
)
# INSERT INTO [dbo].[Account] ([Id], [Name], [JSON]) VALUES (N'Accounts-1', …)
_CLOUDBEES: Final = re.compile(r"(?i)\bINSERT\s+(?:INTO\s+)?[\w.\"\[\]]*\bec_\w+")


def octopus_file(file: StoreFile, head: bytes) -> Store | None:
    """The store that a file is, or None. A SQLite file is told by its tables, once it is read.

    Args:
        file: where it lies.
        head: its first bytes, decompressed.
    """
    if head.startswith(MAGIC):
        return OfflineDrop(file)
    if _is_script(head.decode(encoding_of(head), "replace")):
        return OctopusScript(file)
    form = form_of(file, head)
    return None if form is None else OctopusTableFile(file, form)


def _is_script(text: str) -> bool:
    """A script as SQL Server's tools write it, with documents, or with no row so soon; not CloudBees CD's."""
    if _CLOUDBEES.search(text):
        return False
    return bool(_INSERTS_DOCUMENT.search(text) or (_SQL.match(text) and _BATCH_END.search(text)))


def octopus_folder(folder: Path) -> Store | None:
    """The store that a folder is, or None.

    Raises:
        StoreError: it, or a file in it, cannot be opened.
    """
    try:
        return MigratorFolder(str(folder)) if is_migrator_folder(folder) else table_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error
