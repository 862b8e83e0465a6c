"""What `layouts` does with its options."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from audit.cli.candidate_keys import read_keys
from audit.cli.printing import print_open_questions, print_table, print_unread, remark
from audit.cli.progress import shown
from audit.cli.references import prompt_without_echo, secrets_of
from audit.cli.stores_opening import StoreOptions, open_stores
from audit.discovery.known_text import KnownText
from audit.exit_codes import exit_code
from audit.find_layouts import find_layouts, known_values
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts, write_layouts
from audit.open_questions import PROPOSED_TEXT
from audit.run_audit import rings_for
from audit.stores_reading import StoresReading, read_stores
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.unread import Unread
from reports.terminal import visible


@dataclass(frozen=True, slots=True)
class LayoutsOptions:
    """The options of `layouts`, as given."""

    stores: StoreOptions
    keys: Sequence[str]
    current: Sequence[str]
    layouts: Path | None
    known: Sequence[str]
    known_text: Sequence[str]
    save: Path | None
    quiet: bool


def print_layouts(options: LayoutsOptions, table_format: str, output: Path | None) -> int:
    """Print the table, save what is proven; the exit code.

    Raises:
        ParsersError, AuditError, ReportsError: the run failed.
        BadParameter: the known texts are not one for each location.
    """
    if options.known_text and len(options.known_text) != len(options.known):
        raise typer.BadParameter("give one for each --known, or none to be asked", param_hint="--known-text")
    supplied = read_layouts(options.layouts) if options.layouts else NOTHING_SUPPLIED
    keys = read_keys(options.keys)
    key_files = [each for each in keys if isinstance(each, KeyFile)]
    stores = open_stores(options.stores, key_files)
    with shown(quiet=options.quiet) as progress:
        reading = read_stores(stores, progress)
    rings = rings_for(reading, key_files, options.current)
    known = _known_texts(options, reading)  # asked for before the work, not in the middle of its progress
    with shown(quiet=options.quiet) as progress:
        progress.working_on(f"finding layouts under {len(rings.keys)} keys")
        found = find_layouts(reading, rings, supplied, known)
    print_table(found.table, table_format, output)
    for each in found.remarks:
        remark(each, quiet=options.quiet)
    if found.unknown:
        remark(f"of {found.unknown} values nothing can be said yet", quiet=options.quiet)
    print_open_questions(found.questions, quiet=options.quiet)
    if options.save:
        write_layouts(options.save, found.supplied)
        remark(
            f"kept: --layouts {options.save} uses it; as a setting (layouts = …) it is always used",
            quiet=options.quiet,
        )
    unread = [*reading.unread, *(each for each in keys if isinstance(each, Unread))]
    print_unread(unread)
    open_ends = bool(found.unknown or found.questions) or not found.explained
    return exit_code(complete=not unread, attention=open_ends)


def _known_texts(options: LayoutsOptions, reading: StoresReading) -> list[KnownText]:
    """All of the locations are looked up before anybody is asked."""
    values = [known_values(location, reading) for location in options.known]
    plain = secrets_of(options.known_text) if options.known_text else [_asked(each) for each in options.known]
    return [KnownText(*each) for each in zip(options.known, values, plain, strict=True)]


def _asked(location: str) -> Secret:
    question = f"Plain text of {location} (Enter alone: {PROPOSED_TEXT!r})"
    return Secret(prompt_without_echo(visible(question), empty=PROPOSED_TEXT).encode())
