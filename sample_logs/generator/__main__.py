"""`python -m sample_logs.generator DIR` writes the sample estates into DIR."""

import sys
from pathlib import Path

from audit.errors import AuditError
from sample_logs.generator.estate import write_estates


def main(arguments: list[str]) -> int:
    """Write the estates into the one folder that is named; the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sample_logs.generator DIR\n")
        return 2
    try:
        write_estates(Path(arguments[0]))
    except AuditError as error:
        sys.stderr.write(f"error: {error}\nhint: {error.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
