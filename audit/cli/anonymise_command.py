"""`anonymise`: a run folder that can be handed to others."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.options import Quiet


def anonymise_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", show_default=False, help="A run folder.")],
    out: Annotated[Path, typer.Option(metavar="DIR", show_default=False, help="The run folder to write.")],
    quiet: Quiet = False,
) -> None:
    """Copy a run folder with made-up names in place of names, hosts, users, addresses and paths.

    They are the same throughout, in messages too. Digests of values and groups of equal secrets are dropped.
    Read it before you hand it over: what a log entry says in prose is not recognised.

    Example: passkey-audit anonymise run/ --out for-support/
    """
    from audit.anonymise.run import anonymised
    from audit.cli.printing import remark
    from audit.products import every_guide
    from reports.run_folder import REPORT, read_run_folder, write_run_folder

    if out.resolve() == run.resolve():
        raise typer.BadParameter("name another folder than RUN", param_hint="--out")
    write_run_folder(out, anonymised(read_run_folder(run, every_guide())))
    if not quiet:
        typer.echo(f"report: {out / REPORT}")
    remark("read it before you hand it over: what messages say in prose stays", quiet=quiet)
