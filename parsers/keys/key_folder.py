"""A folder of key files: which of its files are taken, and why the others are not."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from parsers.errors import KeyFileError
from parsers.keys.aes_forms import aes_forms, several_keys
from parsers.keys.reference import MAX_SECRET_BYTES
from parsers.products import every_product
from parsers.secret import Secret

SMALL_FOLDER: Final = 100
"""Files up to which a folder is one of keys, and each of its files is taken; a larger one is searched."""

TOO_LARGE: Final = f"larger than {MAX_SECRET_BYTES // 1024} KB: not taken for a key file"

_NAMED_LIKE_A_KEY: Final = re.compile(
    "|".join(
        (
            r"(?:^|[._-])(?:passkey|pass[_-]?key|master[_-]?key|machine-?key|key)",
            *(product.key_names for product in every_product() if product.key_names),
        )
    ),
    re.IGNORECASE,
)
_NO_KEY_OF_OURS: Final = re.compile(
    r"key-?store|keymap|keyboard|\.(?:pem|pub|crt|cer|jks|p12|html?|js|py|java|class)$"
)


def files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every entry but the folders that are entered, with its path below `folder`, in the order of paths."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            enter = path == folder or (path.is_dir() and not _is_closed(path))
            inside = sorted(path.iterdir(), reverse=True) if enter else None
        except OSError:  # no right to list it, or too deep: handed out like a file, and left out as one
            inside = None
        if inside is None:
            yield path, path.relative_to(folder).as_posix()
        else:
            waiting += inside


def _is_closed(folder: Path) -> bool:
    """Hidden folders hold no keys, and links to folders may lead back up."""
    return folder.name.startswith(".") or folder.is_symlink()


def refuse_unlikely(path: Path) -> None:
    """Leaves out what lies in a folder of keys and is none, by a look from outside.

    Raises:
        KeyFileError: it is hidden, too large, no regular file, or cannot be looked at.
    """
    if path.name.startswith("."):
        raise KeyFileError("hidden: not taken for a key file")
    try:
        status = path.stat()
    except OSError as error:
        raise KeyFileError((error.strerror or "not readable").lower()) from error
    if stat.S_ISDIR(status.st_mode):
        raise KeyFileError("a folder that was not entered: a link, or not readable")
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError("not a regular file")
    if status.st_size > MAX_SECRET_BYTES:
        raise KeyFileError(TOO_LARGE)


def is_likely(name: str, content: Secret) -> bool:
    """Whether a file of a backup or a large tree may be a key: by its form, or else by its name.

    Args:
        name: its path there.
        content: all of it.
    """
    base = PurePosixPath(name).name.lower()
    if _NAMED_LIKE_A_KEY.search(base) and not _NO_KEY_OF_OURS.search(base):
        return True
    return bool(aes_forms(content) or several_keys(content))
