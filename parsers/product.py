"""What a product is to the parsers: one value that says how its logs, keys and stores look.

The rest of `parsers` names no product: it goes through the list in `parsers/products.py` and asks each one.
Whoever adds one writes `parsers/<product>/`, makes a value of this type in its `product.py`, and enters it in
that list.

Logs are searched by workers that need nothing else, so `keys` and `stores` are functions: what they import
(SQLAlchemy, polars, cryptography) is loaded only by a run that reads keys or stores.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parsers.logs.entry_layout import EntryLayout
from parsers.logs.phrase import FindingKind, Phrase
from parsers.secret import Secret
from parsers.stores.secret_kind import SecretKind

if TYPE_CHECKING:  # what the functions below are given and give; none of it is needed to search logs
    from parsers.logs.rotation_report import RotationReport
    from parsers.stores.database.catalogue import Catalogue
    from parsers.stores.database.connection import Database
    from parsers.stores.database.store import DatabaseStore
    from parsers.stores.interface import Store
    from parsers.stores.mapping import Mapping as TableMapping
    from parsers.stores.mapping import SecretTable
    from parsers.stores.rewriting.file_rewriter import StreamRewriter
    from parsers.stores.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class UpgradeTexts:
    """How an upgrade shows in a log: the beginnings of the messages of its steps.

    Attributes:
        attempt: it begins.
        running: the server runs again.
        between: what else is logged on the way.
        version: finds the database's version, its one group, in the message of an attempt.
    """

    attempt: str
    running: str
    between: tuple[str, ...]
    version: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """How a product reports a rotation of its key.

    Attributes:
        parse: reads the text of the report at a path (for messages); raises `LogError` if it is none.
        known_by: what such a report says, as a hint.
    """

    parse: Callable[[str, str], "RotationReport"]
    known_by: str


@dataclass(frozen=True, slots=True)
class LogForms:
    """What a product's logs are known by.

    Attributes:
        layouts: how an entry begins, one module for each kind of log.
        phrases: what makes an entry a finding.
        kinds: what holds for all findings of a kind, by its name.
        upgrade: how an upgrade shows.
        host_in_path: finds the host, its one group, in the path of a log whose entries name no node.
        report: how it reports a rotation of its key.
    """

    layouts: tuple[EntryLayout, ...]
    phrases: tuple[Phrase, ...]
    kinds: Mapping[str, FindingKind]
    upgrade: UpgradeTexts | None = None
    host_in_path: re.Pattern[str] | None = None
    report: ReportForm | None = None


@dataclass(frozen=True, slots=True)
class KeyForms:
    """How a product writes its keys down, beside what every file can be: the bytes of one (`written_keys`).

    Attributes:
        find: the key of a file that holds one in a form of the product's own; None if it holds none.
        is_sealed: whether a file holds a key that first has to be opened; such a file is no text of keys.
        open_sealed: that key, given the file and where it lies, if it lies anywhere; raises `KeyFileError`.
    """

    find: Callable[[Secret], Secret | None]
    is_sealed: Callable[[Secret], bool]
    open_sealed: Callable[[Secret, Path | None], Secret]


@dataclass(frozen=True, slots=True)
class DatabaseForm:
    """A database with the product's tables.

    Attributes:
        recognise: whether it is one, by its catalogue.
        open: the database as a store.
        takes_mapping: whether a mapping file may say which tables hold secrets.
    """

    recognise: Callable[["Catalogue"], bool]
    open: Callable[["Database", "TableMapping"], "DatabaseStore"]
    takes_mapping: bool = False


@dataclass(frozen=True, slots=True)
class StoreForms:
    """Where a product's values rest, and how each such place is recognised: by content, never by name.

    Attributes:
        file: the store that a file is, given its first bytes, decompressed; None if it is none.
        folder: the store that a folder is; None if it is none.
        database: its database.
        written_anew: what writes such a file or folder anew; None for every other store.
        folders: what its folders are, for people; "" if it has none.
        tables: those that are looked for in databases and dumps though no mapping file names them.
    """

    file: Callable[["StoreFile", bytes], "Store | None"]
    folder: Callable[[Path], "Store | None"]
    database: DatabaseForm
    written_anew: Callable[["Store"], "StreamRewriter | None"]
    folders: str = ""
    tables: tuple["SecretTable", ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionDetails:
    """A connection as a product's own file describes it.

    Attributes:
        url: for SQLAlchemy, with the user and without a password.
        password: as it stands in the file: encrypted with the product's key, or plain text; None where there
            is none.
    """

    url: str
    password: Secret | None


def no_keys() -> None:
    """The forms of keys of a product whose key is the bytes of a file."""
    return


@dataclass(frozen=True, slots=True, eq=False)
class ProductFormats:
    """A server that keeps other systems' secrets. Each is made once, and equal to itself only.

    Attributes:
        id: as the column `system` has it.
        logs: its logs.
        stores: its stores.
        keys: the forms of its keys; None where its key is the bytes of a file.
        key_names: finds, in lower-case names of files, those that are likely its keys.
        table_kinds: what a row of a plain table (CSV, say), or of a table that a mapping file names, may
            be; the usual one first.
    """

    id: str
    logs: LogForms
    stores: Callable[[], StoreForms]
    keys: Callable[[], KeyForms | None] = no_keys
    key_names: str = ""
    table_kinds: tuple[SecretKind, ...] = ()
