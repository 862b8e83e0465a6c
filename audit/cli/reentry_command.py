"""`reentry`: lists of what each team has to enter again."""

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
    """One CSV for each team with the secrets that it has to enter again, and how.

    Example: passkey-audit reentry run/ --owners owners.csv --out lists/
    """
    from audit.owners import read_owners
    from reports.reentry import reentry_lists, write_reentry_lists
    from reports.run_folder import read_run_folder

    credentials = read_run_folder(run).credentials
    owned = credentials.with_columns(read_owners(owners).assign(credentials["location"]))
    lists = reentry_lists(owned)
    write_reentry_lists(out, lists)
    for team, rows in lists.items():
        from reports.terminal import visible

        typer.echo(visible(f"{team}: {rows.height} to re-enter"))
    raise typer.Exit(exit_code(complete=True, attention=bool(lists)))
