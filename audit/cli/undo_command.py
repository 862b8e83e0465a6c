"""`undo`: what a re-encryption wrote, put back."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.options import (
    DatabasePassword,
    DatabaseProperties,
    Format,
    MappingFile,
    OptionalKeys,
    Output,
    Quiet,
    Stores,
)
from audit.cli.reencrypt_command import DespiteWhat


def undo_command(
    journal: Annotated[
        Path, typer.Argument(metavar="JOURNAL", show_default=False, help="The journal of a re-encryption.")
    ],
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    key: OptionalKeys = None,
    mapping: MappingFile = None,
    despite: DespiteWhat = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Put back, byte for byte, the values that `reencrypt --apply` changed; what changed since stays.

    Exit code 0: all stands as before; 10: something had changed since, and was left.

    Example: passkey-audit undo run/journal.jsonl --store commander.sqlite
    """
    from audit.cli.stores_opening import StoreOptions
    from audit.cli.undo_run import UndoOptions, undo_journal

    options = UndoOptions(
        journal=journal,
        stores=StoreOptions(
            references=store or [],
            database_properties=database_properties or [],
            database_password=database_password,
            mapping=mapping,
        ),
        keys=key or [],
        despite=despite or [],
        table_format=table_format,
        output=output,
        quiet=quiet,
    )
    raise typer.Exit(undo_journal(options))
