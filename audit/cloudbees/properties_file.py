"""`database.properties`: the database that it names as a store, and a copy under a new key."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from audit.cloudbees.database_password import open_database_password, rekeyed_password
from audit.errors import ReencryptionError
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Layout
from audit.product import ConnectionFile, RekeyedFile
from parsers.cloudbees.database_properties import read_database_properties, replaced_password
from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.secret import Secret
from parsers.stores.database.connection import database_at
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping

_WHAT: Final = "COMMANDER_DB_PASSWORD"


def rekeyed_properties(
    paths: Sequence[Path],
    ring: KeyRing,
    target: Key,
    out: Path | None,
    shown: Collection[Layout] = (),
) -> RekeyedFile | None:
    """The file with its password under `target`; None where there is none, or it needs nothing.

    Args:
        paths: each a database.properties.
        ring: the candidate keys.
        target: the new passkey.
        out: where the new file goes.
        shown: layouts that the server's other values show.

    Raises:
        ReencryptionError: it needs a place to go to, or its password cannot be made to open under `target`;
            or there are several.
        StoreError: it cannot be read.
    """
    needed: dict[Path, Secret] = {}
    for path in paths:
        password = read_database_properties(path).password
        new = rekeyed_password(password, ring.keys, target, shown) if password is not None else None
        if new is not None:
            needed[path] = new
    if len(needed) > 1:
        raise ReencryptionError(
            f"{_WHAT} is to be changed in several files, and --out names one",
            hint="name one database.properties at a time",
        )
    for path, new in needed.items():
        return RekeyedFile(_WHAT, _place(path, out), _with(path, new))
    return None


def _place(path: Path, out: Path | None) -> Path:
    if out is None:
        raise ReencryptionError(
            f"{_WHAT} in {str(path)!r} is under an older key as well",
            hint="say with --out where to write the new file; the one that is there stays",
        )
    if out.resolve() == path.resolve():
        raise ReencryptionError("--out is the file itself, which is never changed in place")
    if out.exists():
        raise ReencryptionError(f"{str(out)!r} is there already", hint="name a new file with --out")
    return out


def _with(path: Path, password: Secret) -> bytes:
    return replaced_password(path.read_bytes(), password.reveal())


def _open(path: Path, keys: Sequence[Key], password: Secret | None, mapping: Mapping) -> Store:
    found = read_database_properties(path)
    opened = password
    if opened is None and found.password is not None:
        opened = open_database_password(found.password, keys)
    return CloudBeesDatabase(database_at(found.url, password=opened), mapping)


def _is_properties_file(path: Path) -> bool:
    return path.suffix == ".properties"


DATABASE: Final = "database.properties"

CONNECTION: Final = ConnectionFile(
    name=DATABASE,
    read=read_database_properties,
    recognises=_is_properties_file,
    open=_open,
    rekeyed=rekeyed_properties,
)
