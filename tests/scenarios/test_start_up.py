"""`--help` answers at once."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.support.program import PROGRAM

HEAVY = ("polars", "matplotlib", "numpy", "cryptography", "sqlalchemy", "pyzipper", "rich", "pydantic.main")
PAIRS = 9

BARE = """
import sys
from typing import Annotated
import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, help="A bare program.")

{commands}

if __name__ == "__main__":
    app()
"""
COMMAND = '''
@app.command("{name}")
def {name}_command(
    files: Annotated[list[str], typer.Argument(help="Files.")],
    output: Annotated[str | None, typer.Option("--output", "-o", help="Where.")] = None,
    number: Annotated[int, typer.Option(help="How many.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Silence.")] = False,
) -> None:
    """Do {name}."""
'''


def test_nothing_heavy_is_imported() -> None:
    """The whole command line is there without any of the big libraries."""
    code = f"import audit.cli.app, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_searching_logs_takes_neither_polars_nor_pydantic() -> None:
    """A scan that finds something prints it without libraries that load as long as a gigabyte is read."""
    logs = Path(__file__).parents[2] / "sample_logs/octopus/logs"
    code = (
        "import sys; from audit.cli.app import main\n"
        "sys.argv[1:] = ['scan', '--format', 'csv', sys.argv[1]]\n"
        "try: main()\n"
        "except SystemExit as ended: print(ended.code, {'polars', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(logs)], check=True, capture_output=True, text=True)
    assert done.stdout.endswith("10 set()\n")


def test_as_fast_as_a_bare_program(tmp_path: Path) -> None:
    """`--help` costs at most 1.5 times that of a typer program with as many commands and nothing in them."""
    from audit.cli.app import app

    names = [f"command{number}" for number, _ in enumerate(app.registered_commands)]
    bare = tmp_path / "bare.py"
    bare.write_text(BARE.format(commands="\n".join(COMMAND.format(name=name) for name in names)))
    ratios = [
        processor_seconds(str(PROGRAM), "--help") / processor_seconds(sys.executable, str(bare), "--help")
        for _ in range(PAIRS)
    ]
    assert statistics.median(ratios) <= 1.5


def processor_seconds(*command: str) -> float:
    """User and system time of one run: what a busy machine does not change."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime
