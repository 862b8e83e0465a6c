"""Who is kept informed while a run goes on."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from parsers.progress import Progress, Silent


class Observer(Protocol):
    """Hears from a run what a person may want to know before the run has ended.

    A run never calls `remark`, nor asks anybody anything, within `working`: a terminal cannot show a progress
    bar and a question at once.
    """

    def working(self) -> AbstractContextManager[Progress]:
        """Around long work, whose progress is reported to what it gives."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Around the reading of logs: nothing is written meanwhile, so the process may end there at once."""
        ...

    def remark(self, sentence: str) -> None:
        """One sentence that is worth knowing along with the result; it may quote foreign text."""
        ...


class SilentObserver:
    """Nobody listens."""

    def working(self) -> AbstractContextManager[Progress]:
        """Report progress to nobody."""
        return nullcontext(Silent())

    def reading(self) -> AbstractContextManager[None]:
        """Do nothing around it."""
        return nullcontext()

    def remark(self, sentence: str) -> None:
        """Ignore it."""
