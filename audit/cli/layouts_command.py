"""`layouts`: which ciphertext layouts the data show, with the evidence."""

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
    usage_errors,
)

if TYPE_CHECKING:
    from parsers.secret import Secret


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
    from audit import LayoutsRequest, StoreOptions, find_layouts
    from audit.cli.layout_rows import layout_rows
    from audit.cli.printing import print_open_questions, print_table, print_unread, remark
    from audit.cli.questions import RESOLVER
    from audit.layouts.user_supplied import NOTHING_SUPPLIED, merged, read_layouts, write_layouts

    request = LayoutsRequest(
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
    )
    with usage_errors():
        found = find_layouts(request, ask=_plain_text, resolver=RESOLVER, observer=Display(quiet=quiet))
    print_table(layout_rows(found.table) if table_format == "table" else found.table, table_format, output)
    for each in found.remarks:
        remark(each, quiet=quiet)
    if found.unknown:
        remark(f"of {found.unknown} values nothing can be said yet", quiet=quiet)
    print_open_questions(found.questions, quiet=quiet)
    if save and (found.supplied.proven or found.supplied.to_try):
        before = read_layouts(save) if save.exists() else NOTHING_SUPPLIED
        write_layouts(save, merged(before, found.supplied))
        remark(f"kept: --layouts {save} uses it; as a setting (layouts = …) it is always used", quiet=quiet)
    elif save:
        remark(f"nothing is proven: {save} was not written", quiet=quiet)
    print_unread(found.unread)
    raise typer.Exit(found.exit_code)


def _plain_text(location: str) -> "Secret":
    from audit.cli.questions import prompt_without_echo
    from audit.discovery.known_text import PROPOSED_TEXT
    from parsers.secret import Secret
    from reports.terminal import visible

    question = f"Plain text of {location} (Enter alone: {PROPOSED_TEXT!r})"
    return Secret(prompt_without_echo(visible(question), empty=PROPOSED_TEXT).encode())
