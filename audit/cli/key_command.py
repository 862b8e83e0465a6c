"""`key`: a new key of the right form."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def key_command(
    action: Annotated[
        Literal["new"], typer.Argument(metavar="new", show_default=False, help="Make a new key.")
    ],
    out: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help="Where to write it; mode 0600.")
    ],
    like: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            show_default=False,
            help="A passkey that a CloudBees CD server made, by reference: the new one gets its form and "
            "length, which are published nowhere.",
        ),
    ] = None,
    octopus: Annotated[
        bool, typer.Option("--octopus", help="Make a master key of Octopus Deploy, in base64.")
    ] = False,
    bits: Annotated[int, typer.Option(min=128, max=256, help="Length of a master key: 128 or 256.")] = 256,
) -> None:
    """Make a new passkey or master key for a rotation. It is written to FILE, and shown nowhere.

    Example: passkey-audit key new new-passkey --like conf/passkey
    """
    del action  # there is only one
    from audit.cli.questions import prompt_without_echo
    from audit.cloudbees.new_key import new_passkey
    from audit.keys.new_key import write_new_key
    from audit.octopus.new_key import MASTER_KEY_BYTES, new_master_key
    from parsers.keys.key_file import make_key_file
    from parsers.keys.reference import resolve
    from reports.terminal import visible

    if octopus is (like is not None):
        raise typer.BadParameter("say one of the two", param_hint="--like / --octopus")
    if bits not in MASTER_KEY_BYTES:
        raise typer.BadParameter(f"{bits} is none of 128, 256", param_hint="--bits")
    if like is None:
        key = new_master_key(bits)
    else:
        key = new_passkey(resolve(like, prompt=prompt_without_echo, allow_commands=True))
    write_new_key(out, key)
    made = make_key_file("", str(out), key, path=None)
    typer.echo(visible(f"{out}: a new key, SHA-1 {made.fingerprint}; nothing uses it yet"))
