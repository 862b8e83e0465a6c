"""What `readiness` does: read the estate, check it, print what came out."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl
import typer

from audit.cli.candidate_keys import read_keys
from audit.cli.options import TableFormat
from audit.cli.printing import print_beside, print_table, print_unread
from audit.cli.progress import shown
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.exit_codes import ExitCode, exit_code
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.readiness.check import Check, State
from audit.readiness.checks import check_ids, make_checks
from audit.readiness.estate import Estate
from audit.readiness.read_estate import read_estates
from audit.readiness.request import ReadinessRequest
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile, split_label
from parsers.stores.interface import Store
from parsers.unread import Unread
from reports.files import atomic_file
from reports.junit import junit_xml
from reports.schema import CHECKS


@dataclass(frozen=True, slots=True)
class ReadinessOptions:
    """The options of `readiness`, as given."""

    stores: StoreOptions
    keys: Sequence[str]
    current: Sequence[str]
    layouts: Path | None
    copies: Sequence[str]
    conf: Sequence[str]
    backups: Sequence[str]
    imports: Sequence[str]
    skipped: Sequence[str]
    junit: Path | None
    table_format: TableFormat
    output: Path | None
    quiet: bool


def check_readiness(options: ReadinessOptions) -> int:
    """Check, print, and write what was asked for; the exit code.

    Raises:
        BadParameter: a check to skip does not exist.
        ParsersError, AuditError, ReportsError: the run failed.
    """
    _refuse_unknown(options.skipped)
    with shown(quiet=options.quiet) as progress:
        estates = read_estates(_request(options), progress)
    checks = [check for check in make_checks(estates) if check.id not in options.skipped]
    frame = pl.DataFrame([asdict(check) for check in checks], schema=CHECKS)
    print_table(frame, options.table_format, options.output)
    if options.junit:
        with atomic_file(options.junit) as file:
            file.write(junit_xml(frame, "passkey-audit readiness"))
    if not options.quiet:
        print_beside(_steps(estates), options.table_format, options.output)
    unread = sorted({each for estate in estates for each in estate.unread}, key=str)
    print_unread(unread)
    return readiness_code(checks, complete=not unread)


def readiness_code(checks: Sequence[Check], *, complete: bool) -> ExitCode:
    """0 where all pass; what is unknown leaves the answer incomplete, unless another check fails anyway."""
    states = {check.state for check in checks}
    decided = State.FAIL in states or State.UNKNOWN not in states
    return exit_code(complete=complete and decided and bool(checks), attention=State.FAIL in states)


def _refuse_unknown(skipped: Iterable[str]) -> None:
    known = check_ids()
    for each in skipped:
        if each not in known:
            raise typer.BadParameter(f"{each!r} is none of {', '.join(known)}", param_hint="--skip")


def _request(options: ReadinessOptions) -> ReadinessRequest:
    keys = read_keys(options.keys)
    files = [each for each in keys if isinstance(each, KeyFile)]

    return ReadinessRequest(
        stores=open_stores(options.stores, files),
        imports=[_opened(each, options.stores, files) for each in options.imports],
        backups=[_opened(each, options.stores, files) for each in options.backups],
        keys=keys,
        copies=read_keys(options.copies),
        conf=[_node(each) for each in options.conf],
        current=options.current,
        supplied=read_layouts(options.layouts) if options.layouts else NOTHING_SUPPLIED,
    )


def _opened(reference: str, options: StoreOptions, files: Sequence[KeyFile]) -> Store | Unread:
    """A backup that cannot even be opened is an answer, not the end of the run."""
    try:
        (store,) = open_stores(replace(options, references=[reference], database_properties=()), files)
    except StoreError as error:
        return Unread(reference, "", error.message)
    return store


def _node(given: str) -> tuple[str, Path]:
    label, folder = split_label(given)
    return label or folder, Path(folder)


def _steps(estates: Sequence[Estate]) -> list[str]:
    return [
        line
        for rules, estate in ((estate.product.readiness, estate) for estate in estates)
        for line in _numbered(rules.steps_title, rules.steps(estate))
    ]


def _numbered(heading: str, steps: Sequence[str]) -> list[str]:
    return [heading, *(f"{number:2}. {step}" for number, step in enumerate(steps, start=1))] if steps else []
