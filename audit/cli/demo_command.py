"""`demo`: a sample estate of each product, made and audited."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.options import Quiet

if TYPE_CHECKING:  # what an audit needs takes time to import
    from audit.cli.audit_run import AuditOptions


def demo_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the estate and its audit go.", show_default=True)
    ] = Path("passkey-audit-demo"),
    quiet: Quiet = False,
) -> None:
    """Make a sample estate of each product, with known truth, and audit both.

    Example: passkey-audit demo /tmp/demo
    """
    from audit.cli.audit_run import audit_into
    from audit.sample_estate.estate import write_estates

    estates = folder / "estate"
    write_estates(estates)
    codes = [
        audit_into(folder / run, options)
        for run, options in (
            ("run", _of_cloudbees(estates / "cloudbees-cd", quiet=quiet)),
            ("run-octopus", _of_octopus(estates / "octopus", quiet=quiet)),
        )
    ]
    raise typer.Exit(max(codes))


def _of_cloudbees(estate: Path, *, quiet: bool) -> "AuditOptions":
    from audit.cli.audit_run import AuditOptions
    from audit.cli.stores_opening import StoreOptions

    return AuditOptions(
        logs=[str(estate / "logs")],
        stores=StoreOptions(
            [str(estate / "store" / name) for name in ("commander.sqlite", "imported-2017.xml")]
        ),
        keys=[str(estate / "keys")],
        current=(),
        owners=estate / "owners.csv",
        zip_passwords=[str(estate / "logs" / "support-bundle.password")],
        jobs=0,
        quiet=quiet,
    )


def _of_octopus(estate: Path, *, quiet: bool) -> "AuditOptions":
    from audit.cli.audit_run import AuditOptions
    from audit.cli.stores_opening import StoreOptions

    keys = estate / "keys"
    return AuditOptions(
        logs=[str(estate / "logs")],
        stores=StoreOptions([str(estate / "store" / "octopus.sqlite")]),
        keys=[
            f"heron={keys / 'octo-heron' / 'Server.linux.config'}",
            f"before={keys / 'before.txt'}",
            f"wren={keys / 'octo-wren' / 'Server.linux.config'}",
        ],
        current=(),
        owners=estate / "owners.csv",
        zip_passwords=[],
        jobs=0,
        quiet=quiet,
        rotation_report=estate / "rotation-report.txt",
    )
