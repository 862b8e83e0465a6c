"""Where in an export the reader stands, and what that place is called in the product."""

import re
from typing import Final

_PROJECT_OF_PATH: Final = re.compile(r"/projects/([^/]+)|/plugins/([^/]+)/project(?:/|$)")


class ExportTree:
    """The open elements, outermost first, and the names that they have told so far.

    `<project><projectName>P</projectName>…` makes `/projects/P`: an element X is named by its child XName,
    which in exports precedes everything nested. Elements without a name add nothing to a path.

    Attributes:
        tags: the open elements.
        names: their names, "" where there is none; as long as `tags`.
    """

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.names: list[str] = []
        self._plugins: dict[int, str] = {}
        self._export_path = ""

    def text(self, parent: str, tag: str, text: str) -> None:
        """The innermost element, a child of `parent`, holds this text."""
        owner = len(self.tags) - 2
        if tag == "exportPath":
            self._export_path = text.strip().rstrip("/")
        elif tag == f"{parent}Name":
            self.names[owner] = text
        elif tag == "pluginName" and text:
            self._plugins[owner] = text

    def leave(self) -> None:
        """The innermost element ends."""
        self.tags.pop()
        self.names.pop()
        if self._plugins:
            self._plugins.pop(len(self.tags), None)

    def element_path(self) -> str:
        """The innermost element by element names alone: `/exportedData/project/step/password`."""
        return "/" + "/".join(self.tags)

    def owner(self) -> tuple[str, str]:
        """Project and path of what the innermost element belongs to: `("P", "/projects/P")`."""
        path = self._base(self.tags[1])
        in_project = _PROJECT_OF_PATH.match(self._export_path)
        project = (in_project[1] or in_project[2]) if in_project else ""
        for depth in range(1, len(self.tags) - 1):
            tag, name = self.tags[depth], self.names[depth]
            if tag == "project":
                project = name
                path = self._project_path(depth, path)
            elif name:
                path += f"/{_plural(tag)}/{name}"
        return project, path

    def _project_path(self, depth: int, path: str) -> str:
        """A plug-in's own project is found below the plug-in, not among the projects."""
        if self.tags[depth - 1] == "plugin":
            return f"{path}/project"
        if depth == 1 and self._export_path.endswith("/project"):
            return self._export_path
        if plugin := self._plugins.get(depth):
            return f"/plugins/{plugin}/project"
        return f"{path}/projects/{self.names[depth]}"

    def _base(self, outermost: str) -> str:
        """`exportPath` without the part that the outermost exported element itself stands for."""
        head, found, _ = f"{self._export_path}/".rpartition(f"/{_plural(outermost)}/")
        return head if found else self._export_path


def _plural(tag: str) -> str:
    if tag.endswith("y") and tag[-2:-1] not in {"a", "e", "o"}:
        return f"{tag[:-1]}ies"
    return f"{tag}es" if tag.endswith(("s", "x", "ch")) else f"{tag}s"
