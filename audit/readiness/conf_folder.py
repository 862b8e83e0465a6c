"""A node's configuration folder: its key, its database connection, what an upgrade left behind."""

from dataclasses import replace
from pathlib import Path

from audit.products import every_product
from audit.readiness.estate import ConfFolder
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files
from parsers.product import ConnectionDetails
from parsers.unread import Unread


def read_conf_folder(label: str, path: Path) -> ConfFolder:
    """What lies in a node's folder; what is missing becomes an `Unread`, never an error."""
    unread: list[Unread] = []
    if not path.is_dir():
        return ConfFolder(
            label, path, "", None, None, (), listed=False, unread=(Unread(str(path), "", "no such folder"),)
        )
    system, key = _key(label, path, unread)
    database = _database(path, unread)
    not_listed: list[Unread] = []
    left_over = _left_over(path, not_listed)
    return ConfFolder(
        label=label,
        path=path,
        system=system,
        key=key,
        database=database,
        left_over=left_over,
        listed=not not_listed,
        unread=(*unread, *not_listed),
    )


def _key(label: str, folder: Path, unread: list[Unread]) -> tuple[str, KeyFile | None]:
    """The product whose key file is there, and the key; of several files the first counts."""
    names = [(product.id, name) for product in every_product() for name in product.readiness.key_names]
    system, name = next(((id_, name) for id_, name in names if (folder / name).exists()), ("", ""))
    if not name:
        unread.append(Unread(str(folder / names[0][1]), "", "not there"))
        return "", None
    path = folder / name
    for read in read_key_files(f"file:{path}"):
        if isinstance(read, KeyFile):
            return system, replace(read, label=f"{label}/{path.name}")
        unread.append(read)
    return system, None


def _database(folder: Path, unread: list[Unread]) -> ConnectionDetails | None:
    """Not every product has such a file; where it is missing, the check that wants it says so."""
    connections = [product.connection for product in every_product() if product.connection is not None]
    connection = next((each for each in connections if (folder / each.name).exists()), None)
    if connection is None:
        return None
    path = folder / connection.name
    try:
        return connection.read(path)
    except StoreError as error:
        unread.append(Unread(str(path), "", error.message))
        return None


def _left_over(folder: Path, unread: list[Unread]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        try:
            for path in inside.iterdir():
                if path.is_dir() and not path.is_symlink():
                    waiting.append(path)
                elif path.name.lower().endswith(".old"):
                    found.append(path.relative_to(folder).as_posix())
        except OSError as error:
            unread.append(Unread(str(inside), "", (error.strerror or "not readable").lower()))
    return tuple(sorted(found))
