"""`diff`: what has become of credentials from run to run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from audit.cli.options import Format, Output, Quiet, usage_errors

if TYPE_CHECKING:  # what a run is made of takes time to import
    from reports.run import Run

FailOn = Literal["attention", "regression"]
By = Literal["credential", "team"]


def diff_command(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="BEFORE… AFTER", show_default=False, help="Run folders in the order of time, two or more."
        ),
    ],
    by: Annotated[
        By, typer.Option(help="A row for each credential, or counts for each team.")
    ] = "credential",
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.svg", show_default=False, help="Draw what needs attention, a bar for each run."
        ),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 10 on all that needs attention, or only on regressed and new.")
    ] = "attention",
    table_format: Format = "table",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Compare run folders: what is fixed, what still needs attention, what is new, what has regressed.

    A credential is the same in all runs if its system, kind and location are. It is troubled where its
    verdict calls for an action, and needs attention where no ignore rule says otherwise. "Before" is the
    latest earlier run that has it.

    \b
    regressed  needs attention now, was not troubled before, or a key opened it then
    new        needs attention now, in no earlier run
    still      needs attention now, was troubled before
    ignored    troubled now, and an ignore rule holds
    gone       troubled before, not in the last run: deleted, or not read this time
    fixed      not troubled now, was in an earlier run

    Exit code 0: nothing needs attention (see --fail-on); 10: something does; 3: the last run is incomplete.

    Example: passkey-audit diff runs/2024-03-01 runs/2024-03-08 --fail-on regression --plot burn-down.svg
    """  # noqa: D301  # the backspace keeps the lines under it apart
    from audit import diff
    from audit.cli.printing import print_lines, print_table, remark
    from audit.run.diff import NEED_ATTENTION, REGRESSIONS, by_team

    with usage_errors():
        difference = diff(runs)
    changes = difference.changes
    print_table(by_team(changes) if by == "team" else changes, table_format, output)
    if plot:
        _plot(plot, _labels(runs), difference.runs)
    if not quiet:
        counts = ", ".join(f"{count} {change}" for change, count in difference.counts().items())
        print_lines([counts], table_format, output)
    for folder in difference.incomplete():
        remark(f"{folder} is incomplete: what it did not read is not compared", quiet=quiet)
    raise typer.Exit(difference.exit_code(REGRESSIONS if fail_on == "regression" else NEED_ATTENTION))


def _plot(path: Path, labels: Sequence[str], runs: Sequence["Run"]) -> None:
    from reports.files import atomic_file
    from reports.plots import PlottedRun, burn_down_svg

    plotted = [PlottedRun(label, run.summary.actions) for label, run in zip(labels, runs, strict=True)]
    with atomic_file(path) as file:
        file.write(burn_down_svg(plotted).encode())


def _labels(folders: Sequence[Path]) -> list[str]:
    """The folders' names, or where two are alike their paths."""
    names = [folder.resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(folder) for folder in folders]
