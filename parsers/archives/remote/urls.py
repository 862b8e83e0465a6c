"""URLs among the inputs: what is one, and what it must not hold. Imports no library of the extra."""

import importlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.errors import ArchiveError

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")

_LIBRARY: Final = {"s3": "s3fs", "s3a": "s3fs", "ssh": "sshfs", "sftp": "sshfs"}
"""What reads a scheme, beside fsspec. For ssh fsspec would also take paramiko, trusting any host key."""

FILE_SCHEMES: Final = frozenset({*_LIBRARY, "http", "https", "gs", "gcs", "abfs", "abfss", "az"})
"""Schemes that name files. A store may be named by one; every other URL of a store is a database's."""

INSTALL_HINT: Final = "install the extra: pip install 'passkey-audit[remote]'"


def is_url(reference: str) -> bool:
    """Whether it names a place on another machine, not a path; a drive letter is none."""
    return _URL.match(reference) is not None


def scheme_of(url: str) -> str:
    """`s3`, `ssh`, …, in lower case."""
    found = _URL.match(url)
    return found[1].lower() if found else ""


def check_urls(references: Iterable[str]) -> None:
    """Before anything is read: no URL holds a secret, and every library that one needs is there.

    Raises:
        ArchiveError: one does, or a library is missing. The message never repeats what may be a password.
    """
    for reference in references:
        if is_url(reference):
            check_url(reference)


def check_url(url: str) -> None:
    """As `check_urls`, for one."""
    scheme = scheme_of(url)
    if _holds_secret(url):
        raise ArchiveError(
            f"the {scheme} URL holds a password, which every user of this machine could see",
            hint="credentials are taken from where the protocol keeps them: ~/.aws, ~/.ssh, the environment",
        )
    if scheme in {"http", "https"}:
        _check_web(url, scheme)
    for library in ("fsspec", _LIBRARY.get(scheme, "fsspec")):
        _import(library, scheme)


def _check_web(url: str, scheme: str) -> None:
    if "?" in url:
        raise ArchiveError(
            f"the {scheme} URL has a query, which may hold a token, and would stand in every result",
            hint="name the file without one",
        )
    if url.endswith("/") or url.count("/") == 2:
        # What answers is a page about a folder: it would be searched as a log, and look clean.
        raise ArchiveError(f"the {scheme} URL names no file: {url}", hint="name each file")


def _holds_secret(url: str) -> bool:
    try:
        return ":" in urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:  # brackets that are no address
        return "@" in url


def _import(library: str, scheme: str) -> None:
    try:
        importlib.import_module(library)
    except ImportError as error:
        raise ArchiveError(
            f"{scheme} URLs need {library}, which is not installed", hint=INSTALL_HINT
        ) from error
