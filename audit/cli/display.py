"""What a run shows on standard error: progress and remarks; and Ctrl-C while threads read."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from audit.exit_codes import ExitCode
from parsers.progress import Progress, Silent

if TYPE_CHECKING:  # rich is imported only where there is a terminal to draw on
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_SHOW_CURSOR = b"\x1b[?25h\n"


class Display:
    """The observer of a run that was started from a terminal or a script."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet

    def working(self) -> AbstractContextManager[Progress]:
        """A progress bar, unless --quiet is given or standard error is not a terminal."""
        return shown(quiet=self.quiet)

    def reading(self) -> AbstractContextManager[None]:
        """Let Ctrl-C end the program at once."""
        return leaving_at_once()

    def remark(self, sentence: str) -> None:
        """One line, unless it is quiet."""
        from audit.cli.printing import remark

        remark(sentence, quiet=self.quiet)


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """A progress display where standard error is a terminal, else silence."""
    if quiet or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[shown]}", markup=False),
        BarColumn(bar_width=16),  # everything fits into 80 columns
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True, refresh_per_second=8) as bars:
        yield _Bar(bars, bars.add_task("", total=None, shown=""))


class _Bar:
    """One bar for everything; rich's own lock makes it safe to call from any thread."""

    _NAME_WIDTH = 28

    def __init__(self, bars: "Bars", task: "TaskID") -> None:
        self._bars = bars
        self._task = task
        self._total = 0
        self._named = False

    def expect(self, amount: int) -> None:
        """More to come: the bar's end moves."""
        self._total += amount
        self._bars.update(self._task, total=self._total, refresh=True)

    def working_on(self, name: str) -> None:
        """Show the end of the name, where files differ."""
        from reports.terminal import visible

        clean = visible(name)
        short = clean if len(clean) <= self._NAME_WIDTH else "…" + clean[1 - self._NAME_WIDTH :]
        self._bars.update(self._task, shown=short, refresh=not self._named)
        self._named = True

    def advance(self, amount: int) -> None:
        """So much has been read."""
        self._bars.advance(self._task, amount)


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Within, Ctrl-C ends the program without waiting for its threads.

    One of them may sit in a read that never ends: a terminal, a pipe, a share that hangs. Nothing is cleaned
    up, so this is only for times in which nothing is written.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # ignored, as under nohup
        yield
        return
    signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_number: int, _frame: object) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)  # a progress bar hides it
    os._exit(ExitCode.INTERRUPTED)
