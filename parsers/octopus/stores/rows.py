"""Octopus' documents → rows of the `STORED` frame, in the words of the product's own pages."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from parsers.octopus import ID
from parsers.octopus.stores.documents import (
    Document,
    DocumentValue,
    Item,
    NoText,
    Path,
    Within,
    held_in,
    kind_of_place,
    location,
    record,
    text_of,
)
from parsers.octopus.stores.names import Names, owner_of
from parsers.stores.batches import StoredRow
from parsers.stores.interface import StoreEvent, Uncovered
from parsers.unread import Unread

_SNAPSHOT: Final = re.compile(r"-(s-\d+-\w+)$")
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SILENT: Final = frozenset({"value", "sensitivevalue", "defaultvalue", "properties", "details", "endpoint"})
"""Members that say nothing to a person."""
_ACCOUNT_MEMBERS: Final = ("Username", "SmtpLogin", "ConnectUsername", "AccessKey", "ClientId")
_NAMELESS: Final = frozenset({"variableset", "deploymentprocess", "runbookprocess", "configuration"})
"""Tables whose documents are known by their owner, or by their id, and have no name of their own."""


def project_in_words(document: Document, names: Names) -> str:
    """`WebShop`, `library variable set Shared`; with its space in front where there are several."""
    owner = owner_of(document)
    runbooks_project = names.project_of_runbook(owner)
    project = names.of(runbooks_project or owner)
    if owner.startswith("LibraryVariableSets-"):
        project = f"library variable set {project}"
    return " / ".join(filter(None, (names.space_of(document), project)))


def name_in_words(document: Document, held: DocumentValue, names: Names) -> str:
    """`DbPassword (Environment Production)`, `account Azure, Password`, `step Deploy, action Copy, Token`."""
    table = document.table.casefold()
    if table == "variableset":
        name = _variable(held, names)
    elif table == "tenantvariable":
        name = _of_tenant(document, names)
    else:
        name = ", ".join(filter(None, (_title(document, names), *_steps(held.path))))
    return f"{name} [frozen: {_frozen(document)}]" if _frozen(document) else name


def user_name(held: DocumentValue) -> str:
    """The account that stands next to the secret, or ""."""
    return next(filter(None, (text_of(held.around, name) for name in _ACCOUNT_MEMBERS)), "")


def _variable(held: DocumentValue, names: Names) -> str:
    name = text_of(held.around, "Name") or ", ".join(_steps(held.path))
    scope = held.around.get("Scope")
    scoped = _scope(scope, names) if isinstance(scope, dict) else ""
    return f"{name} ({scoped})" if scoped else name


def _of_tenant(document: Document, names: Names) -> str:
    """`tenant Acme, variable ApiKey (Environment Production)`, as far as the document says it."""
    tenant = names.of(document.text("TenantId"))
    template = names.of_template(document.text("VariableTemplateId"))
    environment = names.of(document.text("EnvironmentId"))
    parts = [f"tenant {tenant}" if tenant else "", f"variable {template}" if template else ""]
    name = ", ".join(filter(None, parts)) or f"tenant variable {document.id}"
    return f"{name} (Environment {environment})" if environment else name


def _scope(scope: Mapping[str, object], names: Names) -> str:
    """`Environment Production, Staging; Role web`."""
    parts = []
    for dimension, ids in scope.items():
        if isinstance(ids, list) and ids:
            parts.append(f"{dimension} {', '.join(names.of(each) for each in ids if isinstance(each, str))}")
    return "; ".join(parts)


def _title(document: Document, names: Names) -> str:
    """`account Azure`; nothing for documents that are known by their owner."""
    table = document.table.casefold()
    owner = owner_of(document)
    if names.project_of_runbook(owner):
        return f"runbook {names.of(owner)}"
    if table in _NAMELESS and (owner or table == "configuration"):
        return "" if owner else document.id
    return f"{_in_words(document.table)} {document.text('Name') or document.id}"


def _steps(path: Path) -> list[str]:
    """`step Deploy`, `action Copy files`, and the last member that says something."""
    words: list[str] = []
    member = ""
    for step in path:
        if isinstance(step, Item):
            words.append(f"{_in_words(member).removesuffix('s')} {step.name or step.at + 1}".strip())
            member = ""
        elif step.casefold() not in _SILENT:
            words += [member] if member else []
            member = step
    return [*words, member] if member else words


def _in_words(name: str) -> str:
    """`DeploymentProcess` is `deployment process`."""
    return _WORD_START.sub(" ", name).lower()


def _frozen(document: Document) -> str:
    """What a snapshot is called, else ""."""
    found = _SNAPSHOT.search(document.id)
    is_frozen = (
        document.text("IsFrozen").casefold() in {"1", "true"} or document.members.get("IsFrozen") is True
    )
    if found:
        return found[1]
    return "snapshot" if is_frozen else ""


KIND: Final = "document"
MOST_PLACES: Final = 1_000
"""Types of places that are counted apart: member names may be anything."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A store that is not a stream of one file."""

    path: str
    member: str = ""


class DocumentRows:
    """Turns documents into rows, and counts what stands where nothing is known to."""

    def __init__(self, store: str, names: Names) -> None:
        self._store = store
        self._names = names
        self._uncovered: Counter[str] = Counter()

    def of(self, document: Document) -> Iterator[StoredRow | StoreEvent]:
        """The stored values of one document.

        Raises:
            StoreError: it is nested too deeply.
        """
        for found in held_in(document):
            match found:
                case DocumentValue():
                    if not found.known:
                        self._count(kind_of_place(document, found.path))
                    yield self._row(document, found)
                case Within():
                    self._count(f"{kind_of_place(document, found.path)} (in its text)", found.count)
                case NoText():
                    reason = f"{location(document, found.path)}: {found.what}"
                    yield Unread(self._store, document.table, clean(reason), partial=True)
                case _:
                    assert_never(found)

    def uncovered(self) -> Iterator[Uncovered]:
        """Types of places that the table of known ones does not have, once all documents were seen."""
        for place, count in sorted(self._uncovered.items()):
            yield Uncovered(self._store, clean(place), count)

    def _count(self, place: str, count: int = 1) -> None:
        full = place not in self._uncovered and len(self._uncovered) >= MOST_PLACES
        self._uncovered["other places" if full else place] += count

    def _row(self, document: Document, held: DocumentValue) -> StoredRow:
        return StoredRow(
            system=ID,
            kind=KIND,
            project=clean(project_in_words(document, self._names)),
            name=clean(name_in_words(document, held, self._names)),
            user_name=clean(user_name(held)),
            location=clean(location(document, held.path)),
            credential_type="",
            modified=clean(document.text("LastModifiedOn")),
            value=held.value.encode("utf-8", "backslashreplace") if held.value else None,
            iv=None,
            record=clean(record(document, held.path)),
        )


def clean(text: str) -> str:
    """The text, half characters (an escape in JSON can leave them) shown as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
