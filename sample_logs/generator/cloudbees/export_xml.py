"""The store as `ectool export` writes it.

The shape of projects and credentials is that of published exports of version 5.0. How a full export names
the elements of the other kinds is not public: they follow the product's rule, as `ectool` spells its options.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.inventory import Place
from sample_logs.generator.cloudbees.story import Passkey


@dataclass(frozen=True, slots=True)
class _Release:
    """What the root of an export says of the server that wrote it, and whether credentials have a type."""

    version: int
    label: str
    build: str
    has_types: bool


_R5_0: Final = _Release(63, "build_5.0_73229_2014.05.25_05:29:38", "5.0.1.73229", has_types=False)
_R9_2: Final = _Release(93, "build_9.2_146204_2020.12.18_04:55:07", "9.2.0.146204", has_types=True)

_ELEMENTS: Final = {
    "directory-provider": ("directoryProvider", "directoryProviderName", "managerDn", "managerPassword"),
    "email-config": ("emailConfig", "emailConfigName", "mailUser", "mailUserPassword"),
    "devops-insight": ("devOpsInsightServerConfiguration", "", "userName", "password"),
    "user": ("user", "userName", "", "password"),
}
"""Element of each kind, and its children: name, user, secret."""


def export_xml(rows: Sequence[StoredCredential], passkey: Passkey) -> bytes:
    """A full export of a 9.2 server that has `passkey`."""
    body = [_leaf("exportPath", "/")]
    for _, group in groupby(rows, key=lambda row: (row.place.kind, row.place.project)):
        body += _group(list(group), _R9_2)
    return _document(body, _R9_2, passkey)


def project_export_xml(project: str, rows: Sequence[StoredCredential], passkey: Passkey) -> bytes:
    """One project, as a 5.0 server that has `passkey` exported it."""
    body = [_leaf("exportPath", f"/projects/{project}"), *_project(project, rows, _R5_0)]
    return _document(body, _R5_0, passkey)


def _document(body: Sequence[str], release: _Release, passkey: Passkey) -> bytes:
    root = (
        f'<exportedData version="{release.version}" buildLabel="{release.label}" '
        f'buildVersion="{release.build}" passkey="{passkey.fingerprint}">'
    )
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', root, *_indented(body), "</exportedData>"]
    return "".join(f"{line}\n" for line in lines).encode()


def _group(rows: Sequence[StoredCredential], release: _Release) -> Iterator[str]:
    place = rows[0].place
    if place.kind != "credential":
        for row in rows:
            yield from _other(row)
    elif place.plugin:
        body = [_leaf("pluginName", place.plugin), *_project(place.project, rows, release)]
        yield from _element("plugin", body)
    else:
        yield from _project(place.project, rows, release)


def _project(project: str, rows: Sequence[StoredCredential], release: _Release) -> Iterator[str]:
    body = [_leaf("projectName", project), _leaf("description", "")]
    for row in rows:
        body += _credential(row, release)
    body += _procedure([row.place for row in rows[:2]])
    return _element("project", body)


def _credential(row: StoredCredential, release: _Release) -> Iterator[str]:
    body = [
        _leaf("credentialName", row.place.name),
        _leaf("description", ""),
        _leaf("password", row.sealed.value),
        _leaf("userName", row.place.user_name),
        "<propertySheet>",
        "</propertySheet>",
    ]
    if release.has_types:
        body.insert(1, _leaf("credentialType", row.credential_type))
    return _element("credential", body)


def _procedure(used: Sequence[Place]) -> Iterator[str]:
    """Look-alikes: a step refers to a credential by a bare `credentialName`; none of this is stored."""
    body = [_leaf("procedureName", "Deploy")]
    for place in used:
        step = [
            _leaf("stepName", f"use {place.name}"),
            _leaf("command", 'ectool getFullCredential "$[credentialToUse]" --value password'),
            _leaf("credentialName", place.name),
            _leaf("credentialProtected", "1"),
        ]
        body += _element("step", step)
    return _element("procedure", body)


def _other(row: StoredCredential) -> Iterator[str]:
    tag, name, user, secret = _ELEMENTS[row.place.kind]
    texts = {name: row.place.name, user: row.place.user_name, secret: row.sealed.value}
    return _element(tag, [_leaf(child, text) for child, text in texts.items() if child])


def _element(tag: str, body: Sequence[str]) -> Iterator[str]:
    yield f"<{tag}>"
    yield from _indented(body)
    yield f"</{tag}>"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _leaf(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"
