"""Paths as text that can be written anywhere."""

import os


def path_as_text(path: str) -> str:
    """The path; bytes of a name that are no UTF-8 become backslash escapes, as in members of archives."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")
