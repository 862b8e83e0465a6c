"""`demo`: a sample estate, made and audited."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.options import Quiet


def demo_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the estate and its audit go.", show_default=True)
    ] = Path("passkey-audit-demo"),
    quiet: Quiet = False,
) -> None:
    """Make a sample estate with known truth, and audit it.

    Example: passkey-audit demo /tmp/demo
    """
    from audit.cli.audit_run import AuditOptions, audit_into
    from audit.cli.stores_opening import StoreOptions
    from audit.sample_estate.estate import write_estates

    write_estates(folder / "estate")
    estate = folder / "estate" / "cloudbees-cd"
    options = AuditOptions(
        logs=[str(estate / "logs")],
        stores=StoreOptions([str(estate / "store" / "commander.sqlite")]),
        keys=[str(estate / "keys")],
        current=None,
        owners=estate / "owners.csv",
        zip_passwords=[str(estate / "logs" / "support-bundle.password")],
        jobs=0,
        quiet=quiet,
    )
    raise typer.Exit(audit_into(folder / "run", options))
