"""`layouts`: which ciphertext layouts the data show, with the evidence."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.options import (
    Columns,
    Current,
    DatabasePassword,
    DatabaseProperties,
    Format,
    Keys,
    LayoutsFile,
    MappingFile,
    Output,
    Quiet,
    Stores,
)


def layouts_command(
    key: Keys,
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    mapping: MappingFile = None,
    column: Columns = None,
    current: Current = None,
    layouts: LayoutsFile = None,
    known: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOCATION",
            help="A credential whose plain text you know: asks for it, without echo, and proves the layout "
            "with it. Repeatable.",
            show_default=False,
        ),
    ] = None,
    known_text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REF",
            help="That plain text by reference instead: env:NAME, fd:N, a path, cmd:COMMAND. One for each "
            "--known, in their order.",
            show_default=False,
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml", help="Remember what is proven there, for --layouts.", show_default=False
        ),
    ] = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Find out how stored values are encrypted, from the data or with a plain text that you know.

    Example: passkey-audit layouts --store export.xml --key conf/passkey --known /projects/P/credentials/C
    --save layouts.toml
    """
    from audit.cli.layouts_run import LayoutsOptions, print_layouts
    from audit.cli.stores_opening import StoreOptions

    options = LayoutsOptions(
        stores=StoreOptions(
            references=store or [],
            database_properties=database_properties or [],
            database_password=database_password,
            mapping=mapping,
            columns=column or [],
        ),
        keys=key,
        current=current or [],
        layouts=layouts,
        known=known or [],
        known_text=known_text or [],
        save=save,
        quiet=quiet,
    )
    raise typer.Exit(print_layouts(options, table_format, output))
