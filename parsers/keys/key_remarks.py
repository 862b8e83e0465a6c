"""What is unusual about a key file: said, never mended."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from parsers.keys.aes_forms import aes_forms
from parsers.keys.key_text import BYTE_ORDER_MARKS
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
