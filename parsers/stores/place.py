"""Where a person finds the secret of a row: the `location` column."""

from parsers.products import product_of_kind


def location(kind: str, project: str, name: str) -> str:
    """`/projects/P/credentials/C`, `/users/N`: the kind's place with the row's names in it.

    Without a project its path is left out (`/credentials/C`); a project may also be given by its path, as a
    plug-in's is: `/plugins/P` or `/plugins/P/project`.

    Raises:
        LookupError: no product has such a kind.
    """
    place = product_of_kind(kind).table_kinds[kind]
    return place.replace("{project}", _project_path(project)).replace("{name}", name)


def _project_path(project: str) -> str:
    if project.startswith("/plugins/"):
        return f"{project.removesuffix('/project')}/project"
    return f"/projects/{project}" if project else ""
