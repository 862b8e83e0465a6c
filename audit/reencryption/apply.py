"""Values written where they lie: the journal first, then one transaction after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.errors import ReencryptionError
from audit.reencryption.certain_replace import by_transaction, replace_for_certain
from audit.reencryption.journal import Journal
from audit.reencryption.journal_entries import Entry
from audit.reencryption.lasting_name import lasting_name
from audit.reencryption.plan import Planned
from audit.reencryption.state import State
from parsers.errors import CommitUnknownError, StoreError
from parsers.progress import Progress
from parsers.stores.change import InPlace, Outcome

_SAID: Final = {
    Outcome.DIFFERS: "somebody changed it meanwhile: left as it is now",
    Outcome.GONE: "somebody removed it meanwhile",
}

_UNANSWERED: Final = "the answer to COMMIT never came: what reading again shows decides"


@dataclass(slots=True)
class Applied:
    """What came of writing.

    Attributes:
        states: of the values that were to be written, by row of the plan's table.
        reasons: why some were not.
        fault: why it ended before its end, or "".
    """

    states: dict[int, State] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    fault: str = ""

    def written(self, planned: Sequence[Planned]) -> list[Planned]:
        """Those of `planned` that stand in the store now."""
        return [each for each in planned if self.states.get(each.row) is State.RE_ENCRYPTED]

    def overtaken(self) -> set[int]:
        """Rows of the plan's table that others changed or removed before they could be written."""
        return {row for row, state in self.states.items() if state is State.CHANGED}


def apply_in_place(
    planned: Sequence[Planned], store: InPlace, journal: Journal, progress: Progress
) -> Applied:
    """Write the new values; after a fault the rest stays as it was.

    Args:
        planned: values of this store.
        store: where they lie; the caller holds it exclusively.
        journal: takes every value before it is written.
        progress: told of every value, by its size.
    """
    applied = Applied()
    name = lasting_name(store.label)
    progress.working_on(store.label)
    progress.expect(_size(planned))
    for part in by_transaction(planned):
        try:
            journal.append(
                Entry(name, each.change.record, each.change.old, each.change.new.digest) for each in part
            )
            outcomes = replace_for_certain([each.change for each in part], store)
        except CommitUnknownError as error:
            applied.fault = error.message
            for each in part:  # they may stand there: the proof must look at them, and putting back too
                applied.states[each.row] = State.RE_ENCRYPTED
                applied.reasons[each.row] = _UNANSWERED
            break
        except (ReencryptionError, StoreError) as error:
            applied.fault = error.message
            break
        for each, outcome in zip(part, outcomes, strict=True):
            done = outcome in {Outcome.CHANGED, Outcome.ALREADY}
            applied.states[each.row] = State.RE_ENCRYPTED if done else State.CHANGED
            if not done:
                applied.reasons[each.row] = _SAID[outcome]
        progress.advance(_size(part))
    for each in planned:
        if each.row not in applied.states:
            applied.reasons[each.row] = f"not written: {applied.fault}"
            applied.states[each.row] = State.REFUSED
    return applied


def _size(planned: Sequence[Planned]) -> int:
    """Bytes, as everything whose progress is shown is counted."""
    return sum(len(each.change.new.value) for each in planned)
