"""The store as `ectool export` writes it.

The shape of projects and credentials is that of published exports of version 5.0. How a full export names
the elements of the other kinds is not public: they follow the product's rule, as `ectool` spells its options.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from audit.sample_estate.cloudbees.credentials import StoredCredential
from audit.sample_estate.cloudbees.inventory import Place
from audit.sample_estate.cloudbees.story import Passkey

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<exportedData version="{version}" buildLabel="{label}" buildVersion="{build}" passkey="{passkey}">
"""
_ELEMENTS: Final = {
    "directory-provider": ("directoryProvider", "directoryProviderName", "managerDn", "managerPassword"),
    "email-config": ("emailConfig", "emailConfigName", "mailUser", "mailUserPassword"),
    "devops-insight": ("devOpsInsightServerConfiguration", "", "userName", "password"),
    "user": ("user", "userName", "", "password"),
}
"""Element of each kind, and its children: name, user, secret."""


def export_xml(rows: Sequence[StoredCredential], passkey: Passkey) -> bytes:
    """A full export of a 9.2 server that has `passkey`."""
    head = _HEAD.format(
        version="93",
        label="build_9.2_146204_2020.12.18_04:55:07",
        build="9.2.0.146204",
        passkey=passkey.fingerprint,
    )
    lines = ["  <exportPath>/</exportPath>"]
    for _, group in groupby(rows, key=_owner):
        lines += _indented(_group(list(group)))
    return (head + "\n".join(lines) + "\n</exportedData>\n").encode()


def project_export_xml(project: str, rows: Sequence[StoredCredential], passkey: Passkey) -> bytes:
    """One project, as a 5.0 server that has `passkey` exported it."""
    head = _HEAD.format(
        version="63",
        label="build_5.0_73229_2014.05.25_05:29:38",
        build="5.0.1.73229",
        passkey=passkey.fingerprint,
    )
    lines = [f"  <exportPath>/projects/{escape(project)}</exportPath>", *_indented(_project(project, rows))]
    return (head + "\n".join(lines) + "\n</exportedData>\n").encode()


def _owner(row: StoredCredential) -> tuple[str, str]:
    return row.place.kind, row.place.project


def _group(rows: Sequence[StoredCredential]) -> Iterator[str]:
    place = rows[0].place
    if place.kind != "credential":
        for row in rows:
            yield from _other(row)
    elif place.plugin:
        body = [_leaf("pluginName", place.plugin), *_project(place.project, rows, steps=False)]
        yield from _element("plugin", body)
    else:
        yield from _project(place.project, rows)


def _project(project: str, rows: Sequence[StoredCredential], *, steps: bool = True) -> Iterator[str]:
    body = [_leaf("projectName", project), _leaf("description", "")]
    for row in rows:
        body += _credential(row)
    if steps:
        body += _procedure([row.place for row in rows[:2]])
    return _element("project", body)


def _credential(row: StoredCredential) -> Iterator[str]:
    return _element(
        "credential",
        [
            _leaf("credentialName", row.place.name),
            _leaf("credentialType", row.credential_type),
            _leaf("description", ""),
            _leaf("password", row.sealed.value),
            _leaf("userName", row.place.user_name),
            "<propertySheet>",
            "</propertySheet>",
        ],
    )


def _procedure(used: Sequence[Place]) -> Iterator[str]:
    """Look-alikes: a step refers to a credential by a bare `credentialName`; none of this is stored."""
    body = [_leaf("procedureName", "Deploy")]
    for place in used:
        body += _element(
            "step",
            [
                _leaf("stepName", f"use {place.name}"),
                _leaf("command", 'ectool getFullCredential "$[credentialToUse]" --value password'),
                _leaf("credentialName", place.name),
                _leaf("credentialProtected", "1"),
            ],
        )
    return _element("procedure", body)


def _other(row: StoredCredential) -> Iterator[str]:
    tag, name, user, secret = _ELEMENTS[row.place.kind]
    texts = {name: row.place.name, user: row.place.user_name, secret: row.sealed.value}
    return _element(tag, [_leaf(child, text) for child, text in texts.items() if child])


def _element(tag: str, body: Sequence[str]) -> Iterator[str]:
    yield f"<{tag}>"
    yield from _indented(body)
    yield f"</{tag}>"


def _indented(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _leaf(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"
