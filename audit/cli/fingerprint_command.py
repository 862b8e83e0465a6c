"""`fingerprint`: what can be said of key files without showing a key."""

from typing import Annotated

import typer

from audit.cli.options import Format, Output
from audit.exit_codes import exit_code


def fingerprint_command(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", show_default=False, help="Key files, or folders.")
    ],
    table_format: Format = "table",
    output: Output = None,
) -> None:
    """SHA-1 of passkey files as CloudBees CD stores it, their length, and whether they can be AES keys.

    Example: passkey-audit fingerprint /opt/cloudbees/sda/conf/passkey backup/passkey
    """
    from audit.cli.printing import print_table, print_unread
    from parsers.keys.describe import describe
    from parsers.keys.key_file import KeyFile
    from parsers.keys.read_key_files import read_key_files
    from parsers.unread import Unread

    read = [each for reference in files for each in read_key_files(reference)]
    unread = [each for each in read if isinstance(each, Unread)]
    print_table(describe(each for each in read if isinstance(each, KeyFile)), table_format, output)
    print_unread(unread)
    raise typer.Exit(exit_code(complete=not unread, attention=False))
