"""The program: its commands, in the order of an investigation."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from audit.cli.anonymise_command import anonymise_command
from audit.cli.audit_command import audit_command
from audit.cli.demo_command import demo_command
from audit.cli.diff_command import diff_command
from audit.cli.error_handling import Commands
from audit.cli.fingerprint_command import fingerprint_command
from audit.cli.key_command import key_command
from audit.cli.layouts_command import layouts_command
from audit.cli.readiness_command import readiness_command
from audit.cli.reencrypt_command import reencrypt_command
from audit.cli.reentry_command import reentry_command
from audit.cli.scan_command import scan_command
from audit.cli.seal_command import seal_command
from audit.cli.undo_command import undo_command

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
app.command("reencrypt")(reencrypt_command)
app.command("undo")(undo_command)
app.command("key")(key_command)
app.command("diff")(diff_command)
app.command("anonymise")(anonymise_command)
app.command("seal")(seal_command)
app.command("fingerprint")(fingerprint_command)
app.command("demo")(demo_command)


def config_first(words: Sequence[str]) -> list[str]:
    """The words of a command line with `--config FILE` in front, where typer expects it."""
    plain = list(words)
    end = plain.index("--") if "--" in plain else len(plain)
    for place, word in enumerate(plain[:end]):
        length = 2 if word == "--config" else 1 if word.startswith("--config=") else 0
        if length:
            return [*plain[place : place + length], *plain[:place], *plain[place + length :]]
    return plain


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"passkey-audit {version('passkey-audit')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Settings: any option of any command, in TOML. Without it passkey-audit.toml in your own "
            "configuration folder counts, if it is there; never one in the working directory.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    del version  # its callback has done everything
    from audit.cli.settings import own_settings, read_settings

    if (path := config or own_settings()) and isinstance(context.command, Commands):
        context.default_map = read_settings(path, context.command.commands)


def main() -> None:
    """What the installed program runs."""
    gc.disable()  # until a command begins: nothing that is made up to then is garbage
    # NumPy's linear algebra, which nothing here calls, would otherwise start threads that spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app(config_first(sys.argv[1:]), prog_name="passkey-audit")
