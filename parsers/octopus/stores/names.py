"""What Octopus' ids are called: projects, variable sets, spaces, environments, tenants."""

import re
from typing import Final

from parsers.octopus.stores.documents import Document, text_of

NAMING_TABLES: Final = (
    "Space",
    "Project",
    "LibraryVariableSet",
    "Runbook",
    "Tenant",
    "DeploymentEnvironment",
    "Environment",
    "Machine",
    "Worker",
    "Channel",
    "ActionTemplate",
)
"""Tables whose documents are named by others' ids."""

_NAMING: Final = frozenset(table.casefold() for table in NAMING_TABLES)
_OWNED: Final = re.compile(
    r"(?:variableset|deploymentprocess|runbookprocess)-(.+?)(?:-s-\d+-\w+)?", re.IGNORECASE
)
# variableset-Projects-6, deploymentprocess-Projects-6-s-3-KM7QD


class Names:
    """Names by id, learned from documents before anything is described with them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._templates: dict[str, str] = {}
        self._projects: dict[str, str] = {}
        self._spaces: set[str] = set()

    def learn(self, document: Document) -> None:
        """Remember what a document of one of `NAMING_TABLES` is called; ignore all others."""
        table = document.table.casefold()
        if table not in _NAMING:
            return
        self._names[document.id] = document.text("Name") or document.id
        if table == "space":
            self._spaces.add(document.id)
        elif table == "runbook":
            self._projects[document.id] = document.text("ProjectId")
        templates = document.members.get("Templates")
        for template in templates if isinstance(templates, list) else []:
            if isinstance(template, dict):
                name = text_of(template, "Name") or text_of(template, "Label")
                self._templates[text_of(template, "Id")] = name

    def of(self, id_: str) -> str:
        """The name, or the id itself where none is known."""
        return self._names.get(id_, id_)

    def of_template(self, id_: str) -> str:
        """The name of a variable template, or its id."""
        return self._templates.get(id_) or id_

    def project_of_runbook(self, id_: str) -> str:
        """The id of its project, or ""."""
        return self._projects.get(id_, "")

    def space_of(self, document: Document) -> str:
        """The name of its space, where there are several; else ""."""
        space = document.text("SpaceId")
        return self._names[space] if space in self._spaces and len(self._spaces) > 1 else ""


def owner_of(document: Document) -> str:
    """The id of what a document belongs to: its owner, its project, or what its own id says; or ""."""
    if document.table.casefold() in {"project", "libraryvariableset"}:
        return document.id
    owner = document.text("OwnerId") or document.text("ProjectId")
    owned = _OWNED.fullmatch(document.id)
    return owner or (owned[1] if owned else "")
