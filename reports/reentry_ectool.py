"""The ectool call that changes a lost secret; the secret itself is never a part of it."""

from typing import Final

_BY_NAME: Final = {
    "email-config": ("modifyEmailConfig", "--mailUserPassword"),
    "directory-provider": ("modifyDirectoryProvider", "--managerPassword"),
    "user": ("modifyUser", "--password"),
}


def ectool_arguments(
    *, kind: str, project: str, name: str, user_name: str, location: str
) -> tuple[str, ...] | None:
    """What follows `ectool`; the last flag has no value, so ectool reads the secret from standard input.

    None where ectool cannot do it: it takes no value that begins with `--`, the system's arguments hold no
    NUL, and for other kinds of secrets no command is known.
    """
    match kind:
        case "credential" if location.startswith("/plugins/"):
            # A plug-in configuration's credential: the project is a path, and both are given by position.
            owner, _, last = location.rpartition("/credentials/")
            names: tuple[str, ...] = (owner, name) if last == name else ("",)
            arguments: tuple[str, ...] = ("modifyCredential", owner, name, "--password")
        case "credential":
            names = (project, name)
            given = ("--projectName", project, "--credentialName", name)
            arguments = ("modifyCredential", *given, "--password")
        case "devops-insight":
            names = (user_name,)
            arguments = ("setDevOpsInsightServerConfiguration", "--userName", user_name, "--password")
        case _ if kind in _BY_NAME:
            command, flag = _BY_NAME[kind]
            names = (name,)
            arguments = (command, name, flag)
        case _:
            return None
    return arguments if all(map(_can_be_given, names)) else None


def _can_be_given(name: str) -> bool:
    return name != "" and not name.startswith("--") and "\0" not in name
