"""Locations of CloudBees CD's stored values, as users find them: the `location` column."""

from typing import Final

DEVOPS_INSIGHT: Final = "DevOps Insight"
"""The one DevOps Insight configuration has no name of its own."""

_COLLECTIONS: Final = {
    "directory-provider": "directoryProviders",
    "email-config": "emailConfigs",
    "user": "users",
}

KINDS: Final = frozenset({"credential", "devops-insight", *_COLLECTIONS})
"""The kinds of objects that store a secret in CloudBees CD."""


def location(kind: str, project: str, name: str) -> str:
    """`/projects/P/credentials/C`, `/users/N`, `/devOpsInsightServerConfiguration`.

    A credential without a project is shown as `/credentials/C`; a project may also be given by its path, as
    a plug-in's is: `/plugins/P` or `/plugins/P/project`.
    """
    if kind == "devops-insight":
        return "/devOpsInsightServerConfiguration"
    if kind in _COLLECTIONS:
        return f"/{_COLLECTIONS[kind]}/{name}"
    return f"{_project_path(project)}/credentials/{name}"


def _project_path(project: str) -> str:
    if project.startswith("/plugins/"):
        return f"{project.removesuffix('/project')}/project"
    return f"/projects/{project}" if project else ""
