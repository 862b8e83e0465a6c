"""The key files in a folder or an archive: all of a small folder, the likely ones of anything larger."""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from parsers.errors import KeyFileError, ParsersError, SecretReferenceError
from parsers.keys.aes_forms import aes_forms, several_keys
from parsers.keys.key_archive import is_archive, members
from parsers.keys.key_file import KeyFile, make_key_files
from parsers.keys.reference import MAX_SECRET_BYTES, resolve
from parsers.path_text import path_as_text
from parsers.products import every_product
from parsers.secret import Secret
from parsers.unread import Unread

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


_MOST_UNLIKELY_BYTES: Final = 256 << 20
"""What is kept of files that are probably no keys, in case that a store names the fingerprint of one."""


@dataclass(frozen=True, slots=True)
class UntriedFiles:
    """Files that were found and are not tried as keys.

    Attributes:
        path: the folder or archive.
        too_large: how many are larger than 64 KB, hidden or empty.
        unlikely: how many are not keys by size, form and name; one of them is tried after all if a store or a
            log names its fingerprint.
    """

    path: str
    too_large: int
    unlikely: int

    @property
    def remark(self) -> str:
        """One sentence."""
        parts = []
        if self.unlikely:
            parts.append(
                f"{self.unlikely:,} cannot be keys by size, form and name, and are tried only if a store or "
                "a log names their fingerprint"
            )
        if self.too_large:
            parts.append(f"{self.too_large:,} are too large for a key, hidden or empty")
        return f"{self.path}: of the files in it, " + "; ".join(parts)


def keys_in_folder(folder: Path, label: str) -> Iterator[KeyFile | Unread | UntriedFiles]:
    """Every file below a folder, archives entered; of more than `SMALL_FOLDER` only the likely ones."""
    below = list(files_below(folder))
    large = len(below) > SMALL_FOLDER
    search = _KeySearch(str(folder), large=large)
    for path, name in below:
        shown = f"{label}/{name}" if label else name
        if _may_be_archive(path) and is_archive(path):
            yield from search.archive(path, shown)
        else:
            yield from search.file(path, shown)
    yield from search.left_out()


def keys_in_archive(path: Path, label: str) -> Iterator[KeyFile | Unread | UntriedFiles]:
    """The likely files of an archive, labelled by their way inside; a compressed file is one."""
    search = _KeySearch(str(path), large=False)
    yield from search.archive(path, label or path.name)
    yield from search.left_out()


def _may_be_archive(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_file()


class _KeySearch:
    """What is found on the way through one folder or archive."""

    def __init__(self, path: str, *, large: bool) -> None:
        self._path = path_as_text(path)
        self._large = large
        self._too_large = 0
        self._unlikely = 0
        self._kept = 0

    def file(self, path: Path, label: str) -> Iterator[KeyFile | Unread]:
        try:
            refuse_unlikely(path)
            content = resolve(f"file:{path}")
            files = make_key_files(label, str(path), content, path=path)
        except (KeyFileError, SecretReferenceError) as error:
            if self._large and isinstance(error, KeyFileError) and _is_ordinary(path):
                self._too_large += 1
            else:
                yield unread(str(path), "", error)
            return
        yield from self._judged(files, path.name) if self._large else files

    def archive(self, path: Path, label: str) -> Iterator[KeyFile | Unread]:
        for each in members(path):
            if isinstance(each, Unread):
                yield each
            elif each.content is None or not len(each.content) or _is_hidden(each.member):
                self._too_large += 1
            else:
                inside = f"!/{each.member}" if each.member else ""
                try:
                    named = label + inside.replace("!/./", "!/")  # `tar -C conf .` writes it so
                    files = make_key_files(named, f"{path}{inside}", each.content, path=None)
                except KeyFileError as error:
                    yield unread(str(path), each.member, error)
                    continue
                # What is compressed alone was meant as a key, as a file in a small folder is.
                yield from self._judged(files, each.member) if each.member or self._large else files

    def left_out(self) -> Iterator[UntriedFiles]:
        if self._too_large or self._unlikely:
            yield UntriedFiles(self._path, self._too_large, self._unlikely)

    def _judged(self, files: list[KeyFile], name: str) -> Iterator[KeyFile]:
        if is_likely(name, files[0].content) or files[0].master_key is not None:
            yield from files
            return
        self._unlikely += 1
        self._kept += len(files[0].content)
        if self._kept <= _MOST_UNLIKELY_BYTES:
            yield replace(files[0], likely=False)


def _is_ordinary(path: Path) -> bool:
    """A regular file that can be read: too large, hidden or empty is all that is wrong with it."""
    try:
        return path.is_file() and not path.name.endswith(".config")
    except OSError:
        return False


def _is_hidden(member: str) -> bool:
    return any(
        part.startswith(".") and part != "." for part in PurePosixPath(member.replace("!/", "/")).parts
    )


def unread(path: str, member: str, error: ParsersError) -> Unread:
    """What was not a key file, with the reason and the hint."""
    reason = f"{error.message}; {error.hint}" if error.hint else error.message
    return Unread(path=path_as_text(path), member=member, reason=reason)
