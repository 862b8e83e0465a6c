"""What each log file of the cluster tells, from the last autumn before the upgrade to the audit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from audit.sample_estate.cloudbees import exception_entries as exceptions
from audit.sample_estate.cloudbees import upgrade_entries as milestones
from audit.sample_estate.cloudbees.credentials import StoredCredential
from audit.sample_estate.cloudbees.hotfix_entries import corrupted, skipped
from audit.sample_estate.cloudbees.log_text import (
    Entry,
    LogText,
    agent,
    clustered,
    log_text,
    unclustered,
    wrapper,
)
from audit.sample_estate.cloudbees.story import CURRENT, OLDER, PRIMARY, SECOND, UPGRADE_DAY
from audit.sample_estate.cloudbees.traffic import traffic
from audit.sample_estate.dice import Dice


class LogDays:
    """The texts of the logs; each is made from dice of its own, so that one can change without the others."""

    def __init__(self, rows: Sequence[StoredCredential]) -> None:
        self._rows = rows
        self._unopened = [row for row in rows if row.sealed.verdict in {"older-key", "lost"}]
        self._lost = [row for row in rows if row.sealed.verdict == "lost"]

    def before_the_cluster(self) -> LogText:
        """One server, eight fields: values that came with the imports have never opened."""
        start = UPGRADE_DAY - timedelta(days=80)
        dice = Dice("before the cluster")
        own = [
            exceptions.undecrypted(_at(start, 9.31), str(dice.uuid()), with_cause=True),
            exceptions.undecrypted(_at(start, 33.7), str(dice.uuid()), with_cause=False),
            exceptions.bad_padding(_at(start, 34.2)),
        ]
        return log_text([*traffic(dice, start, _at(start, 48), 2400), *own], unclustered)

    def quiet_weeks(self) -> LogText:
        """The primary in January."""
        start = UPGRADE_DAY - timedelta(days=20)
        dice = Dice("quiet weeks")
        own = [
            exceptions.undecrypted(_at(start, 50.21), str(dice.uuid()), with_cause=False),
            exceptions.invalid_key(_at(start, 61.5)),
        ]
        return _on(PRIMARY, [*traffic(dice, start, _at(start, 96), 2600), *own])

    def eve(self) -> LogText:
        """The primary up to its shutdown for the upgrade."""
        start = UPGRADE_DAY - timedelta(days=2)
        entries = traffic(Dice("eve"), start, _at(UPGRADE_DAY, 7.5), 2600)
        return _on(PRIMARY, [*entries, *milestones.stopping(_at(UPGRADE_DAY, 7.6))])

    def upgrade(self) -> LogText:
        """The primary under the hotfix: what it cannot open it skips, and in the end it lists the worst."""
        begin = _at(UPGRADE_DAY, 9)
        skipping = list(_skipping(self._unopened, _at(begin, 0.1), seconds=2))
        listing = [
            corrupted(self._in_project("Firmware Lab")[:1], _at(begin, 0.31), over_lines=False),
            corrupted(self._in_project("Firmware Lab")[1:4], _at(begin, 0.32), over_lines=False),
            corrupted(self._in_project("Legacy Billing")[:3], _at(begin, 0.33), over_lines=True),
        ]
        own = [*milestones.upgrade(begin), *skipping, *listing, *milestones.setup(_at(begin, 0.4))]
        return _on(PRIMARY, [*own, *traffic(Dice("upgrade"), _at(begin, 0.7), _at(begin, 4), 900)])

    def first_days(self) -> LogText:
        """The primary after the upgrade: steps fail, old sessions are thrown away."""
        start = _at(UPGRADE_DAY, 13)
        dice = Dice("first days")
        own = [
            exceptions.stale_session(_at(start, 0.05), on_one_line=False),
            exceptions.stale_session(_at(start, 0.06), on_one_line=True),
            exceptions.undecrypted(_at(start, 19.3), str(dice.uuid()), with_cause=True),
            exceptions.undecrypted_on_one_line(_at(start, 23.75)),
            exceptions.illegal_block(_at(start, 40.1), self._unopened[0].sealed.value),
            *(
                exceptions.undecrypted(_at(start, 41 + n), str(dice.uuid()), with_cause=False)
                for n in range(6)
            ),
        ]
        return _on(PRIMARY, [*traffic(dice, start, _at(start, 72), 2600), *own])

    def primary_today(self) -> LogText:
        """The primary's live log, with a restart that skips the lost ones again."""
        start = UPGRADE_DAY + timedelta(days=43)
        dice = Dice("primary today")
        again = list(_skipping(self._lost[4:9], _at(start, 6.1), seconds=1, first=3, ndc="caf\udce9=1"))
        own = [
            *milestones.stopping(_at(start, 5.9)),
            *milestones.start(_at(start, 6.05)),
            *again,
            exceptions.bad_padding(_at(start, 9.4)),
            exceptions.undecrypted(_at(start, 10.1), str(dice.uuid()), with_cause=True),
        ]
        return _on(PRIMARY, [*traffic(dice, start, _at(start, 24), 620), *own])

    def second_before(self) -> LogText:
        """The second node up to its shutdown."""
        start = UPGRADE_DAY - timedelta(days=1)
        dice = Dice("second before")
        own = [
            exceptions.undecrypted(_at(start, 11.2), str(dice.uuid()), with_cause=True),
            exceptions.bad_padding(_at(start, 12.4)),
            *milestones.stopping(_at(UPGRADE_DAY, 7.4)),
        ]
        return _on(SECOND, [*traffic(dice, start, _at(UPGRADE_DAY, 7.3), 2400), *own])

    def second_after(self) -> LogText:
        """The second node is started with its old passkey file, then with the one from ZooKeeper."""
        begin = _at(UPGRADE_DAY, 14)
        dice = Dice("second after")
        own = [
            exceptions.mismatch(_at(begin, 0.1), CURRENT, OLDER),
            exceptions.mismatch_answer(_at(begin, 0.15), CURRENT, OLDER),
            exceptions.mismatch(_at(begin, 0.4), CURRENT, OLDER),
            *milestones.start(_at(begin, 1.2)),
            exceptions.stale_session(_at(begin, 1.6), on_one_line=False),
            *_skipping(self._in_project("Toolchain")[:2], _at(begin, 1.3), seconds=3, first=7),
        ]
        return _on(SECOND, [*traffic(dice, _at(begin, 1.5), _at(begin, 60), 2400), *own])

    def second_today(self) -> LogText:
        """The second node's live log."""
        start = UPGRADE_DAY + timedelta(days=43)
        dice = Dice("second today")
        people = [row for row in self._unopened if row.place.kind == "user"]
        own = [
            *_skipping(people, _at(start, 8), seconds=611, ndc="login"),
            exceptions.stale_session(_at(start, 8.5), on_one_line=True),
        ]
        return _on(SECOND, [*traffic(dice, start, _at(start, 24), 620), *own])

    def service_wrapper(self) -> LogText:
        """The second node's service wrapper: the exception of its start stands here too."""
        begin = _at(UPGRADE_DAY, 14.09)
        told = ("--> Wrapper Started as Daemon", "Launching a JVM...", "WrapperManager: Initializing...")
        entries = [
            Entry(_at(begin, number / 3600), "STATUS" if number < 2 else "INFO", _source(number), "", text)
            for number, text in enumerate(told)
        ]
        entries.append(exceptions.mismatch_in_wrapper(_at(begin, 0.005), CURRENT, OLDER))
        entries.append(Entry(_at(begin, 0.006), "STATUS", "wrapper", "", "<-- Wrapper Stopped"))
        return log_text(entries, wrapper)

    def bundled_restart(self, node: str) -> LogText:
        """A rotated log of the support bundle: a restart skips what is lost, in other words."""
        start = UPGRADE_DAY + timedelta(days=40)
        dice = Dice(f"bundled restart {node}")
        rows = self._lost[9:] if node == PRIMARY else self._lost[:4]
        own = [
            *milestones.start(_at(start, 1)),
            *_skipping(rows, _at(start, 1.1), seconds=1, first=5),
            corrupted(rows[:2], _at(start, 1.2), over_lines=True),
        ]
        return _on(node, [*traffic(dice, start, _at(start, 24), 700), *own])

    def bundled_live(self, node: str) -> LogText:
        """The bundle's copy of a live log, of another day than the one that lies beside it."""
        start = UPGRADE_DAY + timedelta(days=41)
        dice = Dice(f"bundled live {node}")
        own = [exceptions.undecrypted(_at(start, 3.3), str(dice.uuid()), with_cause=node == SECOND)]
        return _on(node, [*traffic(dice, start, _at(start, 12), 300), *own])

    def java_agent(self) -> LogText:
        """An agent on an old Java."""
        start = UPGRADE_DAY + timedelta(days=40)
        entries = traffic(Dice("java agent"), start, _at(start, 24), 60)
        return log_text([*entries, exceptions.invalid_key(_at(start, 2.5))], unclustered)

    def native_agent(self) -> LogText:
        """An agent in C++: four fields, nothing to be found."""
        start = UPGRADE_DAY + timedelta(days=40)
        dice = Dice("native agent")
        entries = (
            Entry(
                _at(start, n / 60),
                "DEBUG",
                f"0x7f3f1c{dice.bytes(3).hex()}",
                "",
                f"Handling ping message {n}",
            )
            for n in range(120)
        )
        return log_text(entries, agent)

    def _in_project(self, project: str) -> list[StoredCredential]:
        return [row for row in self._rows if row.place.project == project]


def _on(node: str, entries: Iterable[Entry]) -> LogText:
    return log_text(entries, clustered(node), node=node)


def _at(start: datetime, hours: float) -> datetime:
    return start + timedelta(milliseconds=round(hours * 3_600_000))


def _source(number: int) -> str:
    return "wrapper" if number < 2 else "jvm 1"


def _skipping(
    rows: Sequence[StoredCredential], start: datetime, *, seconds: int, first: int = 0, ndc: str = "upgrade"
) -> Iterator[Entry]:
    """An entry a row; `first` shifts the forms of their tails."""
    counts: dict[str, int] = {}
    for number, row in enumerate(rows):
        form = counts.setdefault(row.place.kind, first)
        counts[row.place.kind] += 1
        yield skipped(row, form, start + timedelta(seconds=seconds * number, milliseconds=118), ndc=ndc)
