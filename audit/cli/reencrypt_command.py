"""`reencrypt`: what an older key still opens, made to open under another."""

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
from audit.reencryption.despite import Despite

RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", show_default=False, help="The run folder of an audit of this store.")
]
DespiteWhat = Annotated[
    list[Despite] | None,
    typer.Option(
        "--despite",
        metavar="WHAT",
        help="Go on all the same: although others are connected (sessions), a table has no transactions "
        "(no-transactions), or some values cannot be read (unreadable; in a rotation). Repeatable.",
        show_default=False,
    ),
]


def reencrypt_command(
    run: RunFolder,
    key: Keys,
    to: Annotated[
        str,
        typer.Option(metavar="LABEL", show_default=False, help="The key under which everything is to open."),
    ],
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    mapping: MappingFile = None,
    column: Columns = None,
    current: Current = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write. Without it only what would change is shown.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")] = False,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to note every value before it is written, for undo; RUN/journal.jsonl otherwise.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Where a file store is written anew (.gz compresses it), or database.properties with its "
            "password under the new key. Files are never changed in place.",
            show_default=False,
        ),
    ] = None,
    layouts: LayoutsFile = None,
    like: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STORE",
            help="A store of the server that uses the key: only read, for how its values are written. To "
            "re-key an export for another server, name one of that server's. Repeatable.",
            show_default=False,
        ),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOCATION",
            help="Take this credential too, though its opening is only weak or ambiguous. Repeatable.",
            show_default=False,
        ),
    ] = None,
    despite: DespiteWhat = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Make everything that opens under another key open under LABEL: planned first, written with --apply.

    SQLite files and databases are changed in place, in transactions, behind a journal; afterwards every value
    is read again and proven, or all is put back. Stop the product's server first. Exit code 0: nothing is
    left to do; 10: something would change, or was left.

    Example: passkey-audit reencrypt run/ --store mysql+pymysql://cd@db/commander --key conf/passkey
    --key old/passkey.2019 --to passkey --apply
    """
    from audit.cli.reencrypt_options import ReencryptOptions
    from audit.cli.reencrypt_run import reencrypt
    from audit.cli.stores_opening import StoreOptions

    options = ReencryptOptions(
        run=run,
        stores=StoreOptions(
            references=store or [],
            database_properties=database_properties or [],
            database_password=database_password,
            mapping=mapping,
            columns=column or [],
        ),
        keys=key,
        to=to,
        current=current or [],
        apply=apply,
        yes=yes,
        journal=journal,
        out=out,
        layouts=layouts,
        like=like or [],
        also=also or [],
        despite=despite or [],
        table_format=table_format,
        output=output,
        quiet=quiet,
    )
    raise typer.Exit(reencrypt(options))
