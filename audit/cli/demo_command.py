"""`demo`: a sample estate of each product, unpacked and audited."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from audit.cli.options import Quiet
from audit.errors import AuditError

if TYPE_CHECKING:  # what an audit needs takes time to import
    from importlib.resources.abc import Traversable

    from audit import AuditRequest

_README: Final = "README.md"
_ESTATES: Final = ("cloudbees-cd", "octopus")


def demo_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the estate and its audit go.", show_default=True)
    ] = Path("passkey-audit-demo"),
    quiet: Quiet = False,
) -> None:
    """Unpack a sample estate of each product, with known truth, and audit both.

    Example: passkey-audit demo /tmp/demo
    """
    from audit.cli.audit_command import audit_and_print

    estates = folder / "estate"
    unpack_estates(estates)
    codes = [
        audit_and_print(request, quiet=quiet)
        for request in (
            _of_cloudbees(estates / "cloudbees-cd", folder / "run"),
            _of_octopus(estates / "octopus", folder / "run-octopus"),
        )
    ]
    raise typer.Exit(max(codes))


def unpack_estates(folder: Path) -> None:
    """Write the estates that the program ships below `folder`, over earlier ones; other files are left alone.

    There are key files and passwords among them, so they get the modes that such files should have: 0600,
    folders 0700.

    Raises:
        AuditError: a README.md that is none of ours stands there.
        OutputError: a folder or file cannot be written.
    """
    from importlib import resources

    from reports.files import private_folder

    shipped = resources.files("sample_logs")
    title = shipped.joinpath(_README).read_bytes().partition(b"\n")[0]
    readme = folder / _README
    if readme.exists() and not readme.read_bytes().startswith(title):
        raise AuditError(f"{str(readme)!r} is not one of the demo's", hint="name a new or an empty folder")
    private_folder(folder)
    for name in (_README, *_ESTATES):
        _unpack(shipped.joinpath(name), folder / name)


def _unpack(shipped: "Traversable", target: Path) -> None:
    from reports.files import atomic_file, private_folder

    if shipped.is_dir():
        private_folder(target)
        for each in shipped.iterdir():
            _unpack(each, target / each.name)
    else:
        with atomic_file(target) as file:
            file.write(shipped.read_bytes())


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
