"""How lost secrets of CloudBees CD are entered again: by ectool where it can, else on the web page."""

import shlex
from importlib import resources
from typing import Final

import polars as pl

from reports.product_guide import LostSecret, ProductGuide, TeamFile
from reports.terminal import visible

# A flag without a value at the end makes ectool read the value from standard input.
_BY_NAME: Final = {
    "email-config": ("modifyEmailConfig", "--mailUserPassword"),
    "directory-provider": ("modifyDirectoryProvider", "--managerPassword"),
    "user": ("modifyUser", "--password"),
}

_PAGES: Final = {
    "credential": "open the project, its credentials, this one, and enter the password",
    "email-config": "open Administration, Email Configurations, this one, and enter the password",
    "directory-provider": "open Administration, Directory Providers, this one, and enter the password",
    "devops-insight": "open Administration, DevOps Insight Server, and enter the password",
    "user": "open Administration, Users, this one, and enter the password",
}

_HEAD: Final = """\
#!/bin/sh
# Asks for each lost secret and hands it to ectool on standard input: it is in no argument, no environment and
# no file. What was done is logged beside this script. Run it with: sh {script}
# Exit code: 0 all entered, 10 something is left, 1 could not start. Written by passkey-audit.

team={team} total={total} log_name={log}

"""


def how_to_reenter(secret: LostSecret) -> str:
    """The command, quoted for a shell. It carries no secret: ectool reads that from standard input.

    A secret that ectool cannot take gets the web page, and so does a name with control characters, which
    does not fit on one line.
    """
    arguments = ectool_arguments(secret)
    if arguments and all(map(str.isprintable, arguments)):
        return shlex.join(["ectool", *arguments])
    return "on the web page: " + _page(secret.kind)


def ectool_arguments(secret: LostSecret) -> tuple[str, ...] | None:
    """The arguments of the `ectool` call that changes this secret; the secret itself is none of them.

    None where ectool cannot do it: it takes no value that begins with `--`, an argument cannot hold NUL, and
    for other kinds of secrets no command is known.
    """
    name = secret.name
    match secret.kind:
        case "credential" if secret.location.startswith("/plugins/"):
            # A plug-in configuration's credential: the project is a path, and both are given by position.
            owner, _, last = secret.location.rpartition("/credentials/")
            names: tuple[str, ...] = (owner, name) if last == name else ("",)
            arguments: tuple[str, ...] = ("modifyCredential", owner, name, "--password")
        case "credential":
            names = (secret.project, name)
            given = ("--projectName", secret.project, "--credentialName", name)
            arguments = ("modifyCredential", *given, "--password")
        case "devops-insight":
            names = (secret.user_name,)
            arguments = ("setDevOpsInsightServerConfiguration", "--userName", secret.user_name, "--password")
        case kind if kind in _BY_NAME:
            command, flag = _BY_NAME[kind]
            names = (name,)
            arguments = (command, name, flag)
        case _:
            return None
    return arguments if all(map(_fits_an_argument, names)) else None


def ectool_script(team: str, name: str, rows: pl.DataFrame) -> str:
    """The text of `<name>.sh`, for any POSIX shell; names in it are quoted arguments and are never run.

    Args:
        team: shown to whoever runs it.
        name: the file's name without its suffix, also for the log; must be safe for a shell.
        rows: frame in the `REENTRY` schema, all of CloudBees CD.
    """
    named = rows.select("kind", "project", "name", "user_name", "location")
    # Two stores may hold different values of one secret: listed twice, but entered once.
    calls = list(dict.fromkeys(_call(LostSecret(**row)) for row in named.iter_rows(named=True)))
    head = _HEAD.format(
        script=f"{name}.sh",
        team=shlex.quote(visible(team)),
        total=len(calls),
        log=shlex.quote(f"{name}.log"),
    )
    functions = resources.files("audit").joinpath("cloudbees", "reenter.sh").read_text(encoding="utf-8")
    return head + functions + "\nstart\n" + "".join(f"{call}\n" for call in calls)


def _call(secret: LostSecret) -> str:
    arguments = ectool_arguments(secret)
    shown = (visible(secret.location), visible(secret.user_name))
    if arguments is None:
        return shlex.join(["on_page", *shown, _page(secret.kind)])
    return shlex.join(["enter", *shown, *arguments])


def _fits_an_argument(name: str) -> bool:
    return name != "" and not name.startswith("--") and "\0" not in name


def _page(kind: str) -> str:
    return _PAGES.get(kind, "open the object and enter its password")


GUIDE: Final = ProductGuide(
    title="CloudBees CD",
    key="passkey",
    how_to_reenter=how_to_reenter,
    sealed_projects=(
        "it was imported from another server, whose key it needs",
        "they were imported from another server, whose key they need",
    ),
    where_keys_are=(
        "Look for earlier files `conf/passkey`: in backups of the server from before each upgrade, on "
        "servers that projects were exported from, on nodes that are no longer in use. The root of an old "
        'export names its server\'s key (`passkey="…"`): give such exports with `--store`, and this page '
        "says which file to look for."
    ),
    single_kinds=("devops-insight",),
    team_file=TeamFile(
        suffix=".sh",
        purpose="scripts that ask for each secret and hand it to `ectool`",
        text=ectool_script,
    ),
)
