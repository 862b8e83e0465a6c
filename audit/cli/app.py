"""The program: its commands, in the order of an investigation."""

from typing import Annotated

import typer

from audit.cli.anonymise_command import anonymise_command
from audit.cli.audit_command import audit_command
from audit.cli.demo_command import demo_command
from audit.cli.diff_command import diff_command
from audit.cli.fingerprint_command import fingerprint_command
from audit.cli.layouts_command import layouts_command
from audit.cli.outermost import Commands
from audit.cli.readiness_command import readiness_command
from audit.cli.reentry_command import reentry_command
from audit.cli.scan_command import scan_command

app = typer.Typer(
    name="passkey-audit",
    cls=Commands,
    help="Find the stored credentials that a changed passkey or master key left unreadable, who must act, "
    "and the log lines that prove it.",
    epilog="Example: passkey-audit audit logs/ --store export.xml --key conf/passkey --key old/ --out run/",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)

app.command("scan")(scan_command)
app.command("audit")(audit_command)
app.command("layouts")(layouts_command)
app.command("readiness")(readiness_command)
app.command("reentry")(reentry_command)
app.command("diff")(diff_command)
app.command("anonymise")(anonymise_command)
app.command("fingerprint")(fingerprint_command)
app.command("demo")(demo_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"passkey-audit {version('passkey-audit')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    del version  # its callback has done everything


def main() -> None:
    """What the installed program runs."""
    app(prog_name="passkey-audit")
