"""`reencrypt`: what an older key still opens, made to open under another."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.display import Display
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
    TableFormat,
    usage_errors,
)
from audit.reencryption.overrides import Despite

if TYPE_CHECKING:  # what a re-encryption needs takes time to import
    from audit.reencryption.plan import Plan
    from audit.reencryption.report import ReencryptionReport
    from audit.reencryption.request import Reencryption

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
            help="Where to record every value before it is written, for undo; RUN/journal.jsonl otherwise.",
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
            help="Re-encrypt this credential too, even if its opening is only weak or ambiguous. Repeatable.",
            show_default=False,
        ),
    ] = None,
    despite: DespiteWhat = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Make everything that opens under another key open under LABEL: planned first, written with --apply.

    SQLite files and databases are changed in place, in transactions, each value after its journal entry; then
    every value is read again and proven, or all is put back. Stop the product's server first. Exit code 0:
    nothing is left to do; 10: something would change, or was left.

    Example: passkey-audit reencrypt run/ --store mysql+pymysql://cd@db/commander --key conf/passkey
    --key old/passkey.2019 --to passkey --apply
    """
    from audit import ReencryptionRequest, StoreOptions, reencrypt
    from audit.cli.questions import RESOLVER, confirm

    request = ReencryptionRequest(
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
        journal=journal,
        out=out,
        layouts=layouts,
        like=like or [],
        also=also or [],
        despite=despite or [],
        written_after=[output] if output else [],
    )
    display = _ReencryptionDisplay(table_format, output, quiet=quiet)
    ask = None if not apply else _yes if yes else confirm
    with usage_errors():
        done = reencrypt(request, confirm=ask, resolver=RESOLVER, observer=display)
    display.end(done, applied=apply)
    raise typer.Exit(done.exit_code)


def _yes(_question: object) -> bool:
    """The answer of `--yes`."""
    return True


class _ReencryptionDisplay(Display):
    """Prints a re-encryption while it runs: the options must be on the screen before the question."""

    def __init__(self, table_format: TableFormat, output: Path | None, *, quiet: bool) -> None:
        super().__init__(quiet=quiet)
        self._format = table_format
        self._output = output

    def say(self, lines: Iterable[str]) -> None:
        """Lines for people, next to the table."""
        from audit.cli.printing import print_lines

        if not self.quiet:
            print_lines(lines, self._format, self._output)

    def show(self, plan: "Plan") -> None:
        """Every value where the output is data; else the counts, and the values that call for action."""
        from audit.cli.printing import print_table
        from audit.reencryption.report import by_reason, counts_in_words

        if self._format != "table" or self._output:
            print_table(plan.table, self._format, self._output)
        elif (table := by_reason(plan)).height:
            print_table(table, self._format, None)
        self.say(counts_in_words(plan))

    def prove(self, report: "ReencryptionReport") -> None:
        """What the proof showed, and what went wrong, even with --quiet."""
        from audit.cli.printing import remark
        from audit.reencryption.report import proof_in_words

        self.say(proof_in_words(report))
        for fault in report.faults:
            remark(f"error: {fault}")

    def end(self, done: "Reencryption", *, applied: bool) -> None:
        """Whether anything was written, the next steps, and what could not be read."""
        from audit.cli.printing import print_unread

        if done.report is None:
            self.say(["nothing was written" + ("" if applied else ": --apply does it")])
        self.say(f"{number:2}. {step}" for number, step in enumerate(done.steps, 1))
        print_unread(done.unread)
