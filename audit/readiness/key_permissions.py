"""Nobody but its owner can read a key file."""

from typing import Final

from audit.readiness.check import About, Check, listed
from audit.readiness.estate import Estate

PERMISSIONS: Final = About("key-permissions", "Only their owner can read the key files")
_OTHERS: Final = 0o077


def key_permissions(estate: Estate) -> Check:
    """Every key file that was given as a path: candidates, nodes' own, copies."""
    open_to_others = [
        f"{file.path} (mode {file.mode:04o})"
        for file in estate.key_modes
        if file.mode is not None and file.mode & _OTHERS
    ]
    if open_to_others:
        return PERMISSIONS.failed(
            f"others can read {listed(open_to_others)}",
            "chmod 600 each of them, and consider who may have read it",
        )
    unseen = [file.path for file in estate.key_modes if file.mode is None]
    if unseen:
        return PERMISSIONS.unknown(f"no POSIX mode: {listed(unseen)}", "look at the access rights yourself")
    if not estate.key_modes:
        return PERMISSIONS.unknown("no key was given as a file", "name the key files by their path")
    return PERMISSIONS.passed(f"{len(estate.key_modes)} files, mode 0600 or stricter")
