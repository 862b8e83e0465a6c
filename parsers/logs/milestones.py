"""When a server was upgraded, read from what it logs on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from parsers.logs.entry_heads import read_head
from parsers.logs.mask import mask, mask_fields
from parsers.logs.period import is_moment, moment
from parsers.products import every_product

_TEXTS: Final = {
    product.id: product.logs.upgrade for product in every_product() if product.logs.upgrade is not None
}
_ATTEMPTS: Final = {system: texts.attempt for system, texts in _TEXTS.items()}
_RUNNING: Final = {system: texts.running for system, texts in _TEXTS.items()}
_STEPS: Final = tuple(
    (phrase, system)
    for system, texts in _TEXTS.items()
    for phrase in (texts.attempt, *texts.between, texts.running)
)

MILESTONES: Final = tuple(phrase for phrase, _ in _STEPS)
"""Phrases to look for in addition to those of the findings."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of an upgrade or a start.

    Attributes:
        system: the product's id.
        phrase: which.
        node: the cluster node, or "".
        time: as the log has it.
        version: the database's, where the step names it.
    """

    system: str
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
    found = next((step for step in _STEPS if text.startswith(step[0], head.message_at)), None)
    if found is None or not is_moment(head.time):
        return None
    phrase, system = found
    version = _TEXTS[system].version.search(text, head.message_at)
    return Milestone(system, phrase, mask_fields(head.node), head.time, mask(version[1]) if version else "")


def upgrades(steps: Iterable[Milestone], zone: tzinfo | None = None) -> tuple[Upgrade, ...]:
    """Every attempt with the first start after it on the same node, in order of time.

    Attempts that no start separates are one upgrade that was tried again.
    """
    found = []
    pending: dict[tuple[str, str], Milestone] = {}
    for step in sorted(set(steps), key=lambda step: (moment(step.time, zone), step.node, step.phrase)):
        server = (step.system, step.node)
        if step.phrase == _ATTEMPTS[step.system]:
            pending.setdefault(server, step)
        elif step.phrase == _RUNNING[step.system] and (begun := pending.pop(server, None)):
            found.append(Upgrade(step.node, begun.time, step.time, begun.version))
    found += [Upgrade(node, begun.time, "", begun.version) for (_, node), begun in pending.items()]
    return tuple(sorted(found, key=lambda upgrade: (moment(upgrade.begin, zone), upgrade.node)))
