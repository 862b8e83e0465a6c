"""What `undo` does with its options."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from audit.cli.candidate_keys import read_keys
from audit.cli.options import TableFormat
from audit.cli.printing import print_beside, print_table, remark
from audit.cli.progress import shown
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.errors import ReencryptionError
from audit.exit_codes import ExitCode, exit_code
from audit.reencryption.despite import Despite
from audit.reencryption.guards import StoreObstacles, refuse_obstacles
from audit.reencryption.journal_entries import Entry, read_journal
from audit.reencryption.lasting_name import lasting_name
from audit.reencryption.undo import Undoing, Undone, changes_back, undo
from parsers.keys.key_file import KeyFile
from parsers.stores.change import InPlace
from parsers.stores.in_place import in_place, roll_back_unfinished
from parsers.stores.interface import Store

UNDONE = pl.Schema({"store": pl.String, "record": pl.String, "state": pl.String})
"""One row a record of the journal."""

_LISTED = 40

_BACK_ON_NODES = (
    "if steps of a rotation were taken on the nodes, take them back too: the key, database.properties, and "
    "the fingerprint in the configuration history"
)


@dataclass(frozen=True, slots=True)
class UndoOptions:
    """The options of `undo`, as given."""

    journal: Path
    stores: StoreOptions
    keys: Sequence[str]
    despite: Sequence[Despite]
    table_format: TableFormat
    output: Path | None
    quiet: bool


def undo_journal(options: UndoOptions) -> int:
    """Put back what the journal tells, store by store; the exit code.

    Raises:
        ReencryptionError: no journal, or a store that is not in it or is missing.
        ParsersError, AuditError, ReportsError: the run failed.
    """
    entries = read_journal(options.journal).entries
    files = [each for each in read_keys(options.keys) if isinstance(each, KeyFile)]
    stores = [_writable(store) for store in open_stores(options.stores, files)]
    of_store = _by_store(entries, stores)
    for store in stores:
        found = list(store.obstacles(changes_back(of_store[store.label], store)))
        for each in refuse_obstacles([StoreObstacles(store.label, found)], options.despite):
            remark(each, quiet=options.quiet)
    done: dict[str, Undoing] = {}
    with shown(quiet=options.quiet) as progress, ExitStack() as held:
        for store in stores:
            held.enter_context(store.exclusively())
        for store in stores:
            done[store.label] = undo(of_store[store.label], store, progress)
    return _tell(done, options)


def _writable(store: Store) -> InPlace:
    roll_back_unfinished(store)  # what a killed run left, which nobody could read
    writer = in_place(store)
    if writer is None:
        raise ReencryptionError(
            f"{store.label} is never changed in place: there is nothing to undo",
            hint="the file that was read is as it was",
        )
    return writer


def _by_store(entries: Sequence[Entry], stores: Sequence[InPlace]) -> dict[str, list[Entry]]:
    of_store: dict[str, list[Entry]] = {}
    for entry in entries:
        of_store.setdefault(lasting_name(entry.store), []).append(entry)
    label = {lasting_name(store.label): store.label for store in stores}
    if len(label) < len(stores):
        raise ReencryptionError("a store is named twice", hint="name each once")
    if not entries:
        return {store.label: [] for store in stores}
    given = set(label)
    if absent := sorted(given - set(of_store)):
        raise ReencryptionError(
            f"the journal holds nothing of {absent[0]}",
            hint=f"it holds {', '.join(sorted(of_store)) or 'nothing'}",
        )
    if missing := sorted(set(of_store) - given):
        raise ReencryptionError(
            f"the journal also holds values of {missing[0]}", hint="name it with --store too"
        )
    return {label[name]: found for name, found in of_store.items()}


def _tell(done: dict[str, Undoing], options: UndoOptions) -> int:
    rows = [(store, record, state) for store, each in done.items() for record, state in each.states.items()]
    table = pl.DataFrame(rows, schema=UNDONE, orient="row")
    if options.table_format != "table" or options.output:
        print_table(table, options.table_format, options.output)
    else:
        left = table.filter(~pl.col("state").is_in([Undone.PUT_BACK, Undone.NOT_WRITTEN]))
        if left.height:
            print_table(left.head(_LISTED), options.table_format, None)
    counts = dict(table["state"].value_counts().iter_rows())
    lines = [f"{counts[state]:>9,}  {state}" for state in Undone if state in counts]
    if not options.quiet:
        print_beside([*lines, f"{table.height:>9,}  records in all"], options.table_format, options.output)
    if Undone.PUT_BACK in counts:
        remark(_BACK_ON_NODES, quiet=options.quiet)
    for store, each in done.items():
        if each.fault:
            remark(f"error: {store}: {each.fault}")
    if any(each.fault for each in done.values()):
        return ExitCode.FAILED
    return exit_code(complete=True, attention=bool({Undone.CHANGED, Undone.GONE} & set(counts)))
