"""`demo`: a sample estate of each product, made and audited."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.options import Quiet

if TYPE_CHECKING:  # what an audit needs takes time to import
    from audit import AuditRequest


def demo_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the estate and its audit go.", show_default=True)
    ] = Path("passkey-audit-demo"),
    quiet: Quiet = False,
) -> None:
    """Make a sample estate of each product, with known truth, and audit both.

    Example: passkey-audit demo /tmp/demo
    """
    from audit.cli.audit_command import audit_and_print
    from audit.sample_estate.estate import write_estates

    estates = folder / "estate"
    write_estates(estates)
    codes = [
        audit_and_print(request, quiet=quiet)
        for request in (
            _of_cloudbees(estates / "cloudbees-cd", folder / "run"),
            _of_octopus(estates / "octopus", folder / "run-octopus"),
        )
    ]
    raise typer.Exit(max(codes))


def _of_cloudbees(estate: Path, out: Path) -> "AuditRequest":
    from audit import AuditRequest, StoreOptions

    return AuditRequest(
        out=out,
        logs=[str(estate / "logs")],
        stores=StoreOptions(
            [str(estate / "store" / name) for name in ("commander.sqlite", "imported-2017.xml")]
        ),
        keys=[str(estate / "keys")],
        owners=estate / "owners.csv",
        zip_passwords=[str(estate / "logs" / "support-bundle.password")],
    )


def _of_octopus(estate: Path, out: Path) -> "AuditRequest":
    from audit import AuditRequest, StoreOptions

    keys = estate / "keys"
    return AuditRequest(
        out=out,
        logs=[str(estate / "logs")],
        stores=StoreOptions([str(estate / "store" / "octopus.sqlite")]),
        keys=[
            f"heron={keys / 'octo-heron' / 'Server.linux.config'}",
            f"before={keys / 'before.txt'}",
            f"wren={keys / 'octo-wren' / 'Server.linux.config'}",
        ],
        owners=estate / "owners.csv",
        rotation_report=estate / "rotation-report.txt",
    )
