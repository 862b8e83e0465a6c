"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

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
    list[str],
    typer.Option(
        "--store",
        metavar="STORE",
        help="Where credentials rest: export XML, CSV, Parquet, JSON Lines, SQLite file, SQL dump or "
        "database URL. Repeatable.",
        show_default=False,
    ),
]
Keys = Annotated[
    list[str],
    typer.Option(
        "--key",
        metavar="[LABEL=]REF",
        help="A candidate key by reference: a path, env:NAME, fd:N, prompt, cmd:COMMAND; a folder means "
        "every file in it. Repeatable.",
        show_default=False,
    ),
]
Current = Annotated[
    str | None,
    typer.Option("--current", metavar="LABEL", help="The key that the server uses now.", show_default=False),
]
Owners = Annotated[
    Path | None,
    typer.Option("--owners", metavar="FILE", help="CSV with pattern, team, contact.", show_default=False),
]
TableFormat = Literal["table", "csv", "json", "parquet"]
Format = Annotated[TableFormat, typer.Option("--format", help="How to print tables.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there instead.", show_default=False),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks; errors only.")]
