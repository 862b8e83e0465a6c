"""What a server with the hotfix of KBEC-00441 logs about secrets that it cannot open.

The phrases are public, what follows them is not. The tails here are invented, in every form that the product
uses elsewhere for naming an object.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.log_text import Entry, Finding

CREDENTIAL: Final = "Skipping updating password for credential"
DIRECTORY_PROVIDER: Final = "Skipping updating password for Directory Provider"
DEVOPS_INSIGHT: Final = "Skipping updating password for DevOps Insight Server configuration"
EMAIL_CONFIG: Final = "Skipping updating password for email configuration"
CORRUPTED: Final = "Corrupted credentials:"
USER: Final = "Can not decrypt user"

PHRASES: Final = (CREDENTIAL, DIRECTORY_PROVIDER, DEVOPS_INSIGHT, EMAIL_CONFIG, CORRUPTED, USER)
"""What KBEC-00441's own command looks for."""

_PHRASE_OF_KIND: Final = {
    "credential": CREDENTIAL,
    "directory-provider": DIRECTORY_PROVIDER,
    "devops-insight": DEVOPS_INSIGHT,
    "email-config": EMAIL_CONFIG,
    "user": USER,
}
_ENTITY: Final = {
    "credential": "credential",
    "directory-provider": "directoryProvider",
    "email-config": "emailConfig",
    "user": "user",
}

_CAUSE: Final = (
    "\njava.security.GeneralSecurityException: Couldn't decrypt password; the decryption key is likely "
    "invalid.\n"
    "\tat com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)\n"
    "Caused by: javax.crypto.BadPaddingException: Given final block not properly padded\n"
    "\tat com.sun.crypto.provider.CipherCore.unpad(CipherCore.java:975)"
)


class Tail(NamedTuple):
    """What follows a phrase, and the subject and project that can be told from it."""

    text: str
    subject: str
    project: str = ""


Form = Callable[[StoredCredential], Tail]
"""A way of naming a stored credential."""


def _quoted(row: StoredCredential) -> Tail:
    return Tail(f" '{row.place.name}'", row.place.name)


def _quoted_in_project(row: StoredCredential) -> Tail:
    name, project = row.place.name, row.place.project
    return Tail(f" '{name}' in project '{project}'", name, project)


def _double_quoted_in_project(row: StoredCredential) -> Tail:
    name, project = row.place.name, row.place.project
    return Tail(f' "{name}" in project "{project}"', name, project)


def _entity(row: StoredCredential) -> Tail:
    return Tail(f" {_ENTITY[row.place.kind]}[name={row.place.name},id={row.id}]", row.place.name)


def _entity_in_project(row: StoredCredential) -> Tail:
    project = row.place.project
    return Tail(f"{_entity(row).text} in project '{project}'", row.place.name, project)


def _path(row: StoredCredential) -> Tail:
    return Tail(f" {row.place.location}", row.place.name, row.place.project)


def _uuid(row: StoredCredential) -> Tail:
    return Tail(f" {row.id}", str(row.id))


def _bare(row: StoredCredential) -> Tail:
    return Tail(f" {row.place.name}", row.place.name)


def _bare_with_cause(row: StoredCredential) -> Tail:
    return Tail(f" {row.place.name}{_CAUSE}", row.place.name)


def _nothing(_: StoredCredential) -> Tail:
    return Tail("", "")


_FORMS_FOR_CREDENTIALS: Final = (
    _quoted_in_project,
    _path,
    _entity_in_project,
    _double_quoted_in_project,
    _path,
    _bare,
    _quoted_in_project,
    _entity,
    _quoted,
    _uuid,
    _bare_with_cause,
)
_FORMS_FOR_OTHERS: Final = (_quoted, _entity, _bare)


def skipping(
    rows: Sequence[StoredCredential], start: datetime, *, seconds: int, first: int = 0, ndc: str = "upgrade"
) -> Iterator[Entry]:
    """An entry a row, `seconds` apart; the forms of the tails take turns, from the `first` on."""
    forms: Counter[str] = Counter()
    for number, row in enumerate(rows):
        kind = row.place.kind
        time = start + timedelta(seconds=seconds * number, milliseconds=37 * number % 900)
        yield _skipped(row, first + forms[kind], time, ndc)
        forms[kind] += 1


def _skipped(row: StoredCredential, form: int, time: datetime, ndc: str) -> Entry:
    tail = _form(row, form)(row)
    kind = "undecryptable-user" if row.place.kind == "user" else "skipped-update"
    return Entry(
        time,
        "WARN",
        "Upgrade-001",
        "PasswordUpgrader",
        _PHRASE_OF_KIND[row.place.kind] + tail.text,
        ndc=ndc,
        finding=Finding(kind, row.place.kind, tail.subject, tail.project),
    )


def _form(row: StoredCredential, number: int) -> Form:
    match row.place.kind:
        case "credential" if row.place.plugin:
            return _path
        case "credential" if " " in row.place.name:
            return _quoted_in_project
        case "credential":
            return _FORMS_FOR_CREDENTIALS[number % len(_FORMS_FOR_CREDENTIALS)]
        case "devops-insight":
            return _nothing
        case _:
            return _FORMS_FOR_OTHERS[number % len(_FORMS_FOR_OTHERS)]


def corrupted(rows: Sequence[StoredCredential], time: datetime, *, over_lines: bool) -> Entry:
    """The list of what was given up: on one line, or one a line below it.

    Several names are one entry, so its subject is all of them, `, ` between; the project is told only where
    it is the same for all.
    """
    named = [_path(row) if over_lines else _quoted(row) for row in rows]
    separator = "\n   " if over_lines else ","
    tails = separator.join(tail.text for tail in named)
    projects = {tail.project for tail in named}
    return Entry(
        time,
        "ERROR",
        "Upgrade-001",
        "PasswordUpgrader",
        f"{CORRUPTED}\n   {tails}" if over_lines else CORRUPTED + tails,
        ndc="upgrade",
        finding=Finding(
            "corrupted-credentials",
            "credential",
            ", ".join(tail.subject for tail in named),
            projects.pop() if len(projects) == 1 else "",
        ),
    )
