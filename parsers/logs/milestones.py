"""When the server was upgraded, read from what it logs on the way (KBEC-00441, upgrade overview)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from parsers.logs.entry_heads import read_head
from parsers.logs.mask import mask, mask_fields
from parsers.logs.moment import is_moment, moment

_ATTEMPT: Final = "Attempting upgrade from database version"
_RUNNING: Final = "commanderServer is running"

MILESTONES: Final = (_ATTEMPT, "Executing setup script", _RUNNING)
"""Phrases to look for beside those of the findings."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of an upgrade or a start.

    Attributes:
        phrase: which.
        node: the cluster node, or "".
        time: as the log has it.
        version: the database's, where the step names it.
    """

    phrase: str
    node: str
    time: str
    version: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The window of one upgrade.

    Attributes:
        node: the cluster node that did it, or "".
        begin: when it began.
        end: when the server ran again, or "" if the logs do not say.
        version: the database version that it started from, or "".
    """

    node: str
    begin: str
    end: str
    version: str


def milestone(text: str) -> Milestone | None:
    """The step that an entry reports, if it reports one and has a time."""
    head = read_head(text)
    phrase = next((phrase for phrase in MILESTONES if text.startswith(phrase, head.message_at)), None)
    if phrase is None or not is_moment(head.time):
        return None
    version = _VERSION.search(text, head.message_at)
    return Milestone(phrase, mask_fields(head.node), head.time, mask(version[1]) if version else "")


def upgrades(steps: Iterable[Milestone], zone: tzinfo | None = None) -> tuple[Upgrade, ...]:
    """Every attempt with the first start after it on the same node, in order of time.

    Attempts that no start separates are one upgrade that was tried again.
    """
    found = []
    pending: dict[str, Milestone] = {}
    for step in sorted(set(steps), key=lambda step: (moment(step.time, zone), step.node, step.phrase)):
        if step.phrase == _ATTEMPT:
            pending.setdefault(step.node, step)
        elif step.phrase == _RUNNING and (begun := pending.pop(step.node, None)):
            found.append(Upgrade(step.node, begun.time, step.time, begun.version))
    found += [Upgrade(node, begun.time, "", begun.version) for node, begun in pending.items()]
    return tuple(sorted(found, key=lambda upgrade: (moment(upgrade.begin, zone), upgrade.node)))


_VERSION: Final = re.compile(rf"{_ATTEMPT}\s+'?([\w.-]*\w)")
