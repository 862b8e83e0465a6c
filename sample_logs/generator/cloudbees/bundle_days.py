"""What the logs in the support bundle tell, of days between the rotated logs and the live ones."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sample_logs.generator.cloudbees import exception_entries as exceptions
from sample_logs.generator.cloudbees import upgrade_entries as milestones
from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.hotfix_entries import corrupted, skipping
from sample_logs.generator.cloudbees.log_text import Entry, LogText, agent, log_text, node_log, unclustered
from sample_logs.generator.cloudbees.story import UPGRADE_DAY, hours_after
from sample_logs.generator.cloudbees.traffic import traffic
from sample_logs.generator.dice import Dice

_RESTART: Final = UPGRADE_DAY + timedelta(days=40)
_LIVE: Final = UPGRADE_DAY + timedelta(days=41)


def restart(node: str, lost: Sequence[StoredCredential]) -> LogText:
    """A rotated log: a restart skips what is lost once more, and lists the first two."""
    own = [
        *milestones.start(hours_after(_RESTART, 1)),
        *skipping(lost, hours_after(_RESTART, 1.1), seconds=1, first=5),
        corrupted(lost[:2], hours_after(_RESTART, 1.2), over_lines=True),
    ]
    ordinary = traffic(Dice(f"bundled restart {node}"), _RESTART, hours_after(_RESTART, 24), 700)
    return node_log(node, [*ordinary, *own])


def live(node: str) -> LogText:
    """A live log: one step fails."""
    dice = Dice(f"bundled live {node}")
    failed = exceptions.undecrypted(hours_after(_LIVE, 3.3), str(dice.uuid()), with_cause=True)
    return node_log(node, [*traffic(dice, _LIVE, hours_after(_LIVE, 12), 300), failed])


def java_agent() -> LogText:
    """An agent on an old Java."""
    ordinary = traffic(Dice("java agent"), _RESTART, hours_after(_RESTART, 24), 60)
    return log_text([*ordinary, exceptions.invalid_key(hours_after(_RESTART, 2.5))], unclustered)


def native_agent() -> LogText:
    """An agent in C++: four fields, nothing to be found."""
    pings = (
        Entry(
            hours_after(_RESTART, n / 60),
            "DEBUG",
            f"0x7f3f1c{n % 8:x}ea700",
            "",
            f"Handling ping message {n}",
        )
        for n in range(120)
    )
    return log_text(pings, agent)
