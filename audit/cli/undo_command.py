"""`undo`: put back what a re-encryption wrote."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from audit.cli.display import Display
from audit.cli.options import (
    DatabasePassword,
    DatabaseProperties,
    Format,
    MappingFile,
    OptionalKeys,
    Output,
    Quiet,
    Stores,
    TableFormat,
    usage_errors,
)
from audit.cli.reencrypt_command import DespiteWhat

if TYPE_CHECKING:  # slow to import
    from audit.reencryption.undo import UndoResult

_LISTED: Final = 40
"""Records shown one by one; in a file or as data all are."""

_BACK_ON_NODES: Final = (
    "if steps of a rotation were taken on the nodes, take them back too: the key, database.properties, and "
    "the fingerprint in the configuration history"
)


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
    from audit import StoreOptions, UndoRequest, undo
    from audit.cli.questions import RESOLVER

    request = UndoRequest(
        journal=journal,
        stores=StoreOptions(
            references=store or [],
            database_properties=database_properties or [],
            database_password=database_password,
            mapping=mapping,
        ),
        keys=key or [],
        despite=despite or [],
    )
    with usage_errors():
        done = undo(request, resolver=RESOLVER, observer=Display(quiet=quiet))
    _print(done, table_format, output, quiet=quiet)
    raise typer.Exit(done.exit_code)


def _print(done: "UndoResult", table_format: TableFormat, output: Path | None, *, quiet: bool) -> None:
    """A row for each record where the output is data; else the counts, and the records that were left."""
    import polars as pl

    from audit.cli.printing import print_lines, print_table, remark
    from audit.reencryption.undo import UndoState

    rows = [(store, *each) for store, undoing in done.stores.items() for each in undoing.states.items()]
    schema = {"store": pl.String, "record": pl.String, "state": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    if table_format != "table" or output:
        print_table(table, table_format, output)
    else:
        left = table.filter(~pl.col("state").is_in([UndoState.PUT_BACK, UndoState.NOT_WRITTEN]))
        if left.height:
            print_table(left.head(_LISTED), table_format, None)
    counts = done.counts()
    lines = [f"{count:>9,}  {state}" for state, count in counts.items()]
    if not quiet:
        print_lines([*lines, f"{table.height:>9,}  records in all"], table_format, output)
    if UndoState.PUT_BACK in counts:
        remark(_BACK_ON_NODES, quiet=quiet)
    for store, undoing in done.stores.items():
        if undoing.fault:
            remark(f"error: {store}: {undoing.fault}")
