"""What was read of an estate: all that a check may look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import sqlalchemy as sa

from audit.keys.key_ring import Key, KeyRing
from audit.product import Product
from parsers.keys.key_file import KeyFile
from parsers.product import ConnectionDetails
from parsers.stores.interface import FingerprintSeen
from parsers.unread import Unread


@dataclass(frozen=True, slots=True, eq=False)
class JudgedStores:
    """Stored values with their verdicts under the estate's keys.

    Attributes:
        labels: the stores, as given; none if none was.
        credentials: `system, kind, location, verdict, store`; a row a value.
        fingerprints: the passkeys that the stores name.
        unread: what could not be read of them.
    """

    labels: tuple[str, ...]
    credentials: pl.DataFrame
    fingerprints: tuple[FingerprintSeen, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A place where the server's key stands: a node's folder, ZooKeeper's copy."""

    where: str
    file: KeyFile


@dataclass(frozen=True, slots=True)
class FileMode:
    """Who may read a key file: its POSIX mode without the type; None where the system has none."""

    path: str
    mode: int | None


@dataclass(frozen=True, slots=True)
class ConfFolder:
    """A node's configuration folder.

    Attributes:
        label: what to call the node.
        path: the folder.
        system: the product whose key file lies in it; "" where there is none.
        key: the key file in it.
        database: what the file in it says that tells where the database is (`ConnectionFile`).
        left_over: its files that end in `.old`, relative to it.
        listed: whether everything in it was seen, so that there are no others.
        unread: what is missing or could not be read.
    """

    label: str
    path: Path
    system: str
    key: KeyFile | None
    database: ConnectionDetails | None
    left_over: tuple[str, ...]
    listed: bool
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """Everything read of one product, once.

    Attributes:
        product: the product.
        ring: its candidate keys, those of nodes and copies among them.
        stores: the server's own store.
        imports: exports that are about to be imported.
        backup: a restored backup.
        key_places: where the server's key stands.
        key_modes: of every key file that was given as a path.
        conf: the nodes' folders.
        unread_keys: candidates and copies that could not be read.
    """

    product: Product
    ring: KeyRing
    stores: JudgedStores
    imports: JudgedStores
    backup: JudgedStores
    key_places: tuple[KeyPlace, ...]
    key_modes: tuple[FileMode, ...]
    conf: tuple[ConfFolder, ...]
    unread_keys: tuple[Unread, ...]

    @property
    def current(self) -> Key | None:
        """The key that the server uses, if known."""
        return self.ring.current

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Everything that could not be read."""
        return tuple(sorted(dict.fromkeys(self._unread()), key=str))

    def _unread(self) -> Iterator[Unread]:
        for judged in (self.stores, self.imports, self.backup):
            yield from judged.unread
        for folder in self.conf:
            yield from folder.unread
        yield from self.unread_keys


_PORTS: Final = {"mysql": "3306", "mariadb": "3306", "oracle": "1521", "mssql": "1433", "postgresql": "5432"}
"""By SQLAlchemy's name; the servers' own defaults."""

_UNKNOWN_PORT: Final = "<port>"


def database_place(estate: Estate) -> tuple[str, str]:
    """The database in words, and its port, `<port>` where it is not known."""
    url = next(_urls(estate), None)
    if url is None or not url.host:
        return "the database", _UNKNOWN_PORT
    port = str(url.port) if url.port else _PORTS.get(url.get_backend_name(), _UNKNOWN_PORT)
    return f"the database ({url.host}:{port})", port


def _urls(estate: Estate) -> Iterator[sa.URL]:
    for folder in estate.conf:
        if folder.database:
            yield sa.make_url(folder.database.url)
    for label in estate.stores.labels:
        if "://" in label:
            yield sa.make_url(label)
