"""Key files: a key as the bytes of its file, in a form of its product's own, or several in one file."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from parsers.errors import KeyFileError, SecretReferenceError
from parsers.keys.aes_forms import aes_forms, several_keys
from parsers.keys.key_text import BYTE_ORDER_MARKS
from parsers.keys.reference import FORMS_HINT
from parsers.path_text import path_as_text
from parsers.product import KeyForms
from parsers.products import every_product
from parsers.secret import Secret


def remarks_on(content: Secret, master_key: Secret | None, path: Path | None) -> Iterator[str]:
    """One sentence each; `path` is where the content lies, if it is a file."""
    if path is not None:
        yield from _remarks_on_path(path)
    yield from _remarks_on_bytes(content.reveal())
    if master_key is None and not aes_forms(content):
        yield f"{len(content)} bytes: not an AES key, nor hex, base64 or a Java object of one"


def _remarks_on_path(path: Path) -> Iterator[str]:
    if path.is_symlink():
        yield "a symbolic link: what it points to may change"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:  # it vanished after it was read
        return
    if os.name == "posix" and mode & 0o077:
        yield f"open to others than its owner (mode {mode:04o}); 0600 is enough"


def _remarks_on_bytes(content: bytes) -> Iterator[str]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            yield f"begins with the byte-order mark of {encoding}, which counts for the fingerprint"
    if content.endswith(b"\n"):
        yield "ends with a newline, which counts for the fingerprint"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A candidate key as it was found.

    Attributes:
        label: what reports call it.
        reference: where it came from, as given; for a file in a folder its path, of a command its first word.
        content: the whole file. How a server takes its key from it is a matter of the layout.
        master_key: the key that the file holds in a form of a product's own (`KeyForms`), if it holds one.
        form_of: the id of that product; "" if it holds none.
        fingerprint: SHA-1 of the whole file, 40 lower-case hex digits, as the server has it (KBEC-00497).
        remarks: what is unusual about the file, one sentence each.
        likely: whether to try it as a key at all. Of a backup or a large tree, files that cannot be a key by
            size, form and name are not, unless a store or a log names their fingerprint.
    """

    label: str
    reference: str
    content: Secret
    master_key: Secret | None
    fingerprint: str
    remarks: tuple[str, ...]
    likely: bool = True
    form_of: str = ""


def split_label(argument: str) -> tuple[str, str]:
    """`LABEL=REF` in its parts; without a label it is "". An existing path may hold `=` itself.

    Raises:
        SecretReferenceError: a part is missing.
    """
    label, equals, reference = argument.partition("=")
    if not equals or any(mark in label for mark in ":/\\") or path_exists(argument):
        return "", argument
    if not label or not reference.strip("="):
        # The padding of base64 is `=` too: this may be a key that was typed instead of a reference.
        raise SecretReferenceError("expected [LABEL=]REFERENCE, got something else", hint=FORMS_HINT)
    return label, reference


def make_key_file(label: str, reference: str, content: Secret, *, path: Path | None) -> KeyFile:
    """A key file from its content; `path`, where it is a file, is looked at for its rights and links.

    Raises:
        KeyFileError: it is empty, or a configuration file whose key cannot be had.
    """
    if not len(content):
        raise KeyFileError("empty: no key file")
    form_of, master_key = _own_key(content, path)
    return KeyFile(
        label=path_as_text(label),
        reference=path_as_text(reference),
        content=content,
        master_key=master_key,
        # The product's own fingerprint, not a security measure of ours.
        fingerprint=hashlib.sha1(content.reveal(), usedforsecurity=False).hexdigest(),
        remarks=tuple(remarks_on(content, master_key, path)),
        form_of=form_of,
    )


def make_key_files(label: str, reference: str, content: Secret, *, path: Path | None) -> list[KeyFile]:
    """The file, and where it holds several keys (a line each) every one of them, as `LABEL#1`, `LABEL#2`.

    Of a file of several keys the whole is none that is likely: it is tried if its fingerprint is named.

    Raises:
        KeyFileError: as `make_key_file`.
    """
    whole = make_key_file(label, reference, content, path=path)
    parts = () if _is_sealed(content) else several_keys(content)
    if not parts:
        return [whole]
    keys = [
        make_key_file(f"{label}#{number}", f"{reference}#{number}", part, path=None)
        for number, part in enumerate(parts, start=1)
    ]
    return [replace(whole, likely=bool(aes_forms(content)), master_key=None, form_of=""), *keys]


def _own_key(content: Secret, path: Path | None) -> tuple[str, Secret | None]:
    """The product in whose form a file holds a key, and the key; a sealed one comes first."""
    for system, form in _forms():
        if form.is_sealed(content):
            return system, form.open_sealed(content, path)
    found = ((system, form.find(content)) for system, form in _forms())
    return next(((system, key) for system, key in found if key is not None), ("", None))


def _is_sealed(content: Secret) -> bool:
    return any(form.is_sealed(content) for _, form in _forms())


def _forms() -> Iterator[tuple[str, KeyForms]]:
    for product in every_product():
        if form := product.keys():
            yield product.id, form


def path_exists(path: str) -> bool:
    """Whether there is such a path; False for what can be none."""
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):  # a name that is too long, or has a NUL in it
        return False
