"""`seal`: a run folder as one encrypted zip."""

from pathlib import Path
from typing import Annotated

import typer


def seal_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", show_default=False, help="A run folder.")],
    out: Annotated[Path, typer.Option(metavar="FILE.zip", show_default=False, help="The zip to write.")],
    password: Annotated[
        str,
        typer.Option(
            metavar="REF",
            show_default=False,
            help="Its password, by reference: a path, env:NAME, fd:N, prompt, cmd:COMMAND.",
        ),
    ],
) -> None:
    """Pack a run folder into an AES-256 encrypted zip, to send to others.

    Example: passkey-audit seal for-support/ --out for-support.zip --password prompt
    """
    from audit.anonymise.sealed_zip import seal
    from audit.cli.questions import RESOLVER
    from reports.files import atomic_file
    from reports.run_folder import read_run_folder

    read_run_folder(run)  # anything else is refused
    secret = RESOLVER.password(password)
    with atomic_file(out) as file:
        count = seal(run, secret, file)
    typer.echo(f"{count} files sealed")
