"""`reentry`: lists of what each team has to enter again, and what helps to enter it."""

from pathlib import Path
from typing import Annotated

import typer

from audit.exit_codes import exit_code


def reentry_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", show_default=False, help="A run folder.")],
    owners: Annotated[
        Path, typer.Option(metavar="FILE", show_default=False, help="CSV with pattern, team, contact.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", show_default=False, help="Where the lists go.")],
) -> None:
    """For each team a CSV of the secrets that it has to enter again, and a workbook of all.

    For CloudBees CD also a script for each team (sh TEAM.sh) that asks for each secret without showing it and
    hands it to ectool on standard input; for Octopus Deploy the steps and links (TEAM.txt).

    Example: passkey-audit reentry run/ --owners owners.csv --out lists/
    """
    from audit.ownership.owners import read_owners
    from audit.products import every_guide
    from reports.reentry import reentry_lists, write_reentry_folder
    from reports.run_folder import read_run_folder
    from reports.terminal import visible

    credentials = read_run_folder(run).credentials
    owned = credentials.with_columns(read_owners(owners).assign(credentials["location"]))
    guides = every_guide()
    lists = reentry_lists(owned, guides)
    write_reentry_folder(out, lists, guides)
    for team, rows in lists.items():
        typer.echo(visible(f"{team}: {rows.height} to re-enter"))
    raise typer.Exit(exit_code(complete=True, attention=bool(lists)))
