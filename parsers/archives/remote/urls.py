"""URLs among the inputs: recognised, and checked for secrets. Imports no library of the extra."""

import importlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.errors import ArchiveError

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")

_LIBRARY: Final = {"s3": "s3fs", "s3a": "s3fs", "ssh": "sshfs", "sftp": "sshfs"}
"""The library that a scheme needs, with fsspec. paramiko, which fsspec takes for ssh, trusts any host key."""

FILE_SCHEMES: Final = frozenset({*_LIBRARY, "http", "https", "gs", "gcs", "abfs", "abfss", "az"})
"""Schemes that name files. Every other URL of a store names a database."""

INSTALL_HINT: Final = "install the extra: pip install 'passkey-audit[remote]'"


def is_url(reference: str) -> bool:
    """Whether it is a URL rather than a path; a drive letter does not make one."""
    return _URL.match(reference) is not None


def scheme_of(url: str) -> str:
    """`s3`, `ssh`, …, in lower case."""
    found = _URL.match(url)
    return found[1].lower() if found else ""


def check_urls(references: Iterable[str]) -> None:
    """Check, before anything is read, that no URL holds a secret and no library is missing.

    Raises:
        ArchiveError: a URL holds a secret, or a library is missing. The message never repeats a secret.
    """
    for reference in references:
        if is_url(reference):
            check_url(reference)


def check_url(url: str) -> None:
    """As `check_urls`, for one URL."""
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
            f"the {scheme} URL has a query, which may hold a token and would appear in every result",
            hint="name the file without one",
        )
    if url.endswith("/") or url.count("/") == 2:
        # The answer would be a page that lists a folder: searched as a log, it would look clean.
        raise ArchiveError(f"the {scheme} URL does not name a file: {url}", hint="name each file")


def _holds_secret(url: str) -> bool:
    try:
        return ":" in urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:  # brackets without an address in them
        return "@" in url


def _import(library: str, scheme: str) -> None:
    try:
        importlib.import_module(library)
    except ImportError as error:
        raise ArchiveError(
            f"{scheme} URLs need {library}, which is not installed", hint=INSTALL_HINT
        ) from error
