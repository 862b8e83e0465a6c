"""`readiness`: the checks before an upgrade, a rotation or an import."""

from collections.abc import Iterator
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
    from audit.run.readiness import StepsInOrder


def readiness_command(
    key: Keys,
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    mapping: MappingFile = None,
    column: Columns = None,
    layouts: LayoutsFile = None,
    current: Current = None,
    copy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL=REF",
            help="Another place where the server's key stands, by reference: ZooKeeper's copy, say. "
            "Repeatable.",
            show_default=False,
        ),
    ] = None,
    conf: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NODE=]DIR",
            help="A node's conf folder, the primary's first. Repeatable.",
            show_default=False,
        ),
    ] = None,
    backup: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STORE",
            help="A restored backup, in any form that --store takes. Repeatable.",
            show_default=False,
        ),
    ] = None,
    imports: Annotated[
        list[str] | None,
        typer.Option(
            "--import",
            metavar="STORE",
            help="An export that is about to be imported. Repeatable.",
            show_default=False,
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Leave out this check. Repeatable.", show_default=False),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the checks as JUnit XML too.", show_default=False),
    ] = None,
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Check an estate before an upgrade, a rotation or an import: each check passes, fails or is unknown.

    Exit code 0: all checks pass; 10: one fails; 3: something could not be read, or no check fails and one is
    unknown. The vendor's order of steps follows, with this estate's names and ports where they are known.

    Example: passkey-audit readiness --database-properties conf/database.properties --key conf/passkey
    --conf node1=conf --copy zookeeper=zk-passkey --backup restored.sql --junit readiness.xml
    """
    from dataclasses import asdict

    import polars as pl

    from audit import ReadinessRequest, StoreOptions, check_readiness
    from audit.cli.printing import print_lines, print_table, print_unread
    from audit.cli.questions import RESOLVER
    from reports.files import atomic_file
    from reports.junit import junit_xml
    from reports.schema import CHECKS

    request = ReadinessRequest(
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
        copies=copy or [],
        conf=conf or [],
        backups=backup or [],
        imports=imports or [],
        skip=skip or [],
    )
    with usage_errors():
        readiness = check_readiness(request, resolver=RESOLVER, observer=Display(quiet=quiet))
    frame = pl.DataFrame([asdict(check) for check in readiness.checks], schema=CHECKS)
    print_table(frame, table_format, output)
    if junit:
        with atomic_file(junit) as file:
            file.write(junit_xml(frame, "passkey-audit readiness"))
    if not quiet:
        print_lines((line for order in readiness.orders for line in _numbered(order)), table_format, output)
    print_unread(readiness.unread)
    raise typer.Exit(readiness.exit_code)


def _numbered(order: "StepsInOrder") -> Iterator[str]:
    yield order.title
    for number, step in enumerate(order.steps, start=1):
        yield f"{number:2}. {step}"
