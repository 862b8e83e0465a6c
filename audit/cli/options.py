"""Options that several commands share, declared once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from audit.errors import RequestError

LOGS_HELP = "Log files, archives and folders in any mix; - is standard input."

Logs = Annotated[list[str], typer.Argument(help=LOGS_HELP, show_default=False, metavar="LOGS…")]
OptionalLogs = Annotated[
    list[str] | None, typer.Argument(help=LOGS_HELP, show_default=False, metavar="[LOGS…]")
]
ZipPassword = Annotated[
    list[str] | None,
    typer.Option(
        "--zip-password",
        metavar="REF",
        help="Password of encrypted archives, by reference: a path, env:NAME, fd:N, prompt, cmd:COMMAND. "
        "Repeatable.",
    ),
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Worker threads; 0 is one for each processor.")
]
Stores = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        metavar="STORE",
        help="Where credentials rest: export XML, CSV, Parquet, JSON Lines, SQLite file, SQL dump or "
        "database URL. Repeatable.",
        show_default=False,
    ),
]
DatabaseProperties = Annotated[
    list[Path] | None,
    typer.Option(
        "--database-properties",
        metavar="FILE",
        help="Take the database connection from CloudBees CD's own file; the keys open its password.",
        show_default=False,
    ),
]
DatabasePassword = Annotated[
    str | None,
    typer.Option(
        "--database-password",
        metavar="REF",
        help="Password of database URLs, by reference: a path, env:NAME, fd:N, prompt, cmd:COMMAND.",
        show_default=False,
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE.toml",
        help="Which tables and columns hold secrets, where the defaults do not fit.",
        show_default=False,
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ROLE=COLUMN",
        help="In table files: the column that plays a role (kind, project, name, user_name, value, …). "
        "Repeatable.",
        show_default=False,
    ),
]
Keys = Annotated[
    list[str],
    typer.Option(
        "--key",
        metavar="[LABEL=]REF",
        help="A candidate key by reference: a path, env:NAME, fd:N, prompt, cmd:COMMAND; a folder means "
        "every file in it; migrator:REF and drop:REF name the password of an Octopus.Migrator export or of "
        "an offline drop. Repeatable.",
        show_default=False,
    ),
]
OptionalKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="[LABEL=]REF",
        help="A key that opens the password in database.properties, by reference. Repeatable.",
        show_default=False,
    ),
]
LayoutsFile = Annotated[
    Path | None,
    typer.Option(
        "--layouts",
        metavar="FILE.toml",
        help="Further ciphertext layouts, and those that `layouts --save` remembered.",
        show_default=False,
    ),
]
Current = Annotated[
    list[str] | None,
    typer.Option(
        "--current",
        metavar="[PRODUCT:]LABEL",
        help="The key that the server uses now; of several products once for each.",
        show_default=False,
    ),
]
Owners = Annotated[
    Path | None,
    typer.Option("--owners", metavar="FILE", help="CSV with pattern, team, contact.", show_default=False),
]
RotationReport = Annotated[
    Path | None,
    typer.Option(
        "--rotation-report",
        metavar="FILE",
        help="What Octopus printed after a rotation of its master key, to be compared with the store.",
        show_default=False,
    ),
]
Ignore = Annotated[
    Path | None,
    typer.Option(
        "--ignore",
        metavar="FILE",
        help="What is not to count until a date, log entries about it included: CSV with pattern, reason, "
        "expires, or TOML.",
        show_default=False,
    ),
]
Reentered = Annotated[
    Path | None,
    typer.Option(
        "--reentered",
        metavar="DIR",
        help="Re-entry lists that teams gave back (CSV, .xlsx): what is ticked, and does it open now?",
        show_default=False,
    ),
]
TableFormat = Literal["table", "csv", "json", "parquet"]
Format = Annotated[TableFormat, typer.Option("--format", help="How to print tables.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there instead.", show_default=False),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks; errors only.")]


def time_from_text(text: str) -> datetime:
    """A day or a time as logs write it: ISO 8601, slashes between its numbers, a blank before an offset.

    Raises:
        BadParameter: it is none of these.
    """
    iso = re.sub(r"\s+(?=Z$|[+-]\d\d:?\d\d$)", "", text.strip().replace("/", "-"))
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a time such as 2021-03-04 or 2021-03-04T05:06:07"
        ) from None


_OPTION_OF: Final = {
    "stores": "--store / --database-properties",
    "columns": "--column",
    "out": "--out",
    "anonymise": "--anonymise",
    "known_text": "--known-text",
    "skip": "--skip",
    "folders": "BEFORE… AFTER",
    "jobs": "--jobs",
    "timezone": "--timezone",
}


@contextmanager
def usage_errors() -> Iterator[None]:
    """Within, what a request lacks becomes wrong usage of the option that should have given it."""
    try:
        yield
    except RequestError as error:
        raise typer.BadParameter(error.what, param_hint=_OPTION_OF[error.field]) from None
