"""What a stored secret belongs to, and where a person finds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A kind of secret, of one product.

    Attributes:
        system: the product's id.
        name: as the column `kind` has it; no two products share one.
        place: where people find such a secret: `{name}` stands for the name, `{project}` in front of it for
            the project's path (`/projects/P`).
    """

    system: str
    name: str
    place: str

    def location(self, project: str, name: str) -> str:
        """`/projects/P/credentials/C`, `/users/N`.

        Without a project its path is left out (`/credentials/C`); a project may also be given by its path,
        as a plug-in's is: `/plugins/P` or `/plugins/P/project`.
        """
        if "{name}" not in self.place:
            return self.place.replace("{project}", _project_path(project))
        # Cut first: a project may be called {name} itself. Every row of a table comes by here.
        before, _, after = self.place.partition("{name}")
        if "{project}" in before:
            before = before.replace("{project}", _project_path(project))
        return f"{before}{name}{after}"


def _project_path(project: str) -> str:
    if project.startswith("/plugins/"):
        return f"{project.removesuffix('/project')}/project"
    return f"/projects/{project}" if project else ""
