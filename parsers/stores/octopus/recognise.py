"""Whether a file or folder is one of Octopus Deploy's stores: by content, never by name."""

from pathlib import Path

from parsers.stores.interface import Store
from parsers.stores.octopus.drop import MAGIC, OfflineDrop
from parsers.stores.octopus.migrator import MigratorFolder, is_migrator_folder
from parsers.stores.octopus.script import OctopusScript
from parsers.stores.octopus.sql_server_script import LOOKS_LIKE
from parsers.stores.octopus.table_file import OctopusTableFile, form_of, table_folder
from parsers.stores.store_file import StoreFile
from parsers.stores.text_encoding import encoding_of


def octopus_file(file: StoreFile, head: bytes) -> Store | None:
    """The store that a file is, or None. A SQLite file is told by its tables, once it is read.

    Args:
        file: where it lies.
        head: its first bytes, decompressed.
    """
    if head.startswith(MAGIC):
        return OfflineDrop(file)
    if LOOKS_LIKE.search(head.decode(encoding_of(head), "replace")):
        return OctopusScript(file)
    form = form_of(file, head)
    return None if form is None else OctopusTableFile(file, form)


def octopus_folder(folder: Path) -> Store | None:
    """The store that a folder is, or None.

    Raises:
        StoreError: a file in it cannot be opened.
    """
    if is_migrator_folder(folder):
        return MigratorFolder(str(folder))
    return table_folder(folder)
