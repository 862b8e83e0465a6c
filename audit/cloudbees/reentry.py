"""A team's script for CloudBees CD: asks for each secret, and hands it to ectool on standard input."""

import shlex
from importlib import resources
from typing import Final

import polars as pl

from reports.instructions import cloudbees_page
from reports.reentry_ectool import ectool_arguments
from reports.terminal import visible

_HEAD: Final = """\
#!/bin/sh
# Asks for each lost secret and hands it to ectool on standard input: it is in no argument, no environment and
# no file. What was done is logged beside this script. Run it with: sh {script}
# Exit code: 0 all entered, 10 something is left, 1 could not start. Written by passkey-audit.

team={team} total={total} log_name={log}

"""


def ectool_script(team: str, name: str, rows: pl.DataFrame) -> str:
    """The text of `<name>.sh`, for any POSIX shell; foreign names in it are arguments, and do nothing else.

    Args:
        team: shown to whoever runs it.
        name: the file's name without its ending, also for the log; safe as it is.
        rows: frame in the `REENTRY` schema, all of CloudBees CD.
    """
    named = rows.select("kind", "project", "name", "user_name", "location")
    # What differs between two stores is listed twice, and to be entered once.
    calls = list(dict.fromkeys(_call(**row) for row in named.iter_rows(named=True)))
    head = _HEAD.format(
        script=f"{name}.sh",
        team=shlex.quote(visible(team)),
        total=len(calls),
        log=shlex.quote(f"{name}.log"),
    )
    functions = resources.files("audit").joinpath("cloudbees", "reenter.sh").read_text(encoding="utf-8")
    return head + functions + "\nstart\n" + "".join(f"{call}\n" for call in calls)


def _call(*, kind: str, project: str, name: str, user_name: str, location: str) -> str:
    arguments = ectool_arguments(
        kind=kind, project=project, name=name, user_name=user_name, location=location
    )
    shown = (visible(location), visible(user_name))
    if arguments is None:
        return shlex.join(["on_page", *shown, cloudbees_page(kind)])
    return shlex.join(["enter", *shown, *arguments])
