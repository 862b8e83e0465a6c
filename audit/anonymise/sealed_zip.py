"""A run folder as one encrypted zip, to send to a vendor's support."""

from pathlib import Path
from typing import IO

import pyzipper
import pyzipper.zipfile_aes

from audit.errors import AuditError
from parsers.secret import Secret

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold: it must not reveal when the files were written."""

SHORTEST_PASSWORD = 12
"""Characters: an archive that has left the house can be attacked for ever."""


def seal(folder: Path, password: Secret, file: IO[bytes]) -> int:
    """Write every file below `folder` into an AES-256 zip (WinZip AE-2); how many there were.

    Names of members stay readable in any zip; those of a run folder say no more than that it is one, apart
    from the teams' lists.

    Raises:
        AuditError: the password is too short, or the folder holds nothing.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise AuditError(f"the password has fewer than {SHORTEST_PASSWORD} bytes")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if not paths:
        raise AuditError(f"{str(folder)!r} holds no file")
    with pyzipper.AESZipFile(
        file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as sealed:
        sealed.setpassword(password.reveal())
        for path in paths:
            member = pyzipper.zipfile_aes.AESZipInfo(str(path.relative_to(folder)), _FIXED_DATE)
            sealed.writestr(member, path.read_bytes(), compress_type=pyzipper.ZIP_DEFLATED)
    return len(paths)
