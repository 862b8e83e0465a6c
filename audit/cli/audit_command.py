"""`audit`: logs, stores and keys to verdicts and a run folder."""

from pathlib import Path
from typing import Annotated

import typer

from audit.cli.options import (
    Columns,
    Current,
    DatabasePassword,
    DatabaseProperties,
    Ignore,
    Jobs,
    Keys,
    LayoutsFile,
    MappingFile,
    OptionalLogs,
    Owners,
    Quiet,
    Reentered,
    RotationReport,
    Stores,
    ZipPassword,
)


def audit_command(
    key: Keys,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The run folder to write.", show_default=False)],
    logs: OptionalLogs = None,
    store: Stores = None,
    database_properties: DatabaseProperties = None,
    database_password: DatabasePassword = None,
    mapping: MappingFile = None,
    column: Columns = None,
    current: Current = None,
    layouts: LayoutsFile = None,
    owners: Owners = None,
    ignore: Ignore = None,
    reentered: Reentered = None,
    rotation_report: RotationReport = None,
    zip_password: ZipPassword = None,
    anonymise: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a second run folder with made-up names, to hand to a vendor's support.",
            show_default=False,
        ),
    ] = None,
    jobs: Jobs = 0,
    quiet: Quiet = False,
) -> None:
    """Test-decrypt every stored credential under all candidate keys, and write the report.

    Example: passkey-audit audit logs/ --store export.xml --key conf/passkey --key old=backup/passkey
    --owners owners.csv --out run/
    """
    from audit.cli.audit_run import AuditOptions, audit_into
    from audit.cli.stores_opening import StoreOptions

    options = AuditOptions(
        logs=logs or [],
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
        owners=owners,
        ignore=ignore,
        reentered=reentered,
        rotation_report=rotation_report,
        zip_passwords=zip_password or [],
        anonymise=anonymise,
        jobs=jobs,
        quiet=quiet,
    )
    raise typer.Exit(audit_into(out, options))
