"""What each log file of the cluster tells, from the last autumn before the upgrade to the audit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sample_logs.generator.cloudbees import exception_entries as exceptions
from sample_logs.generator.cloudbees import healthy_entries as healthy
from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.hotfix_entries import corrupted, skipping
from sample_logs.generator.cloudbees.log_text import (
    Entry,
    LogText,
    agent,
    log_text,
    node_log,
    unclustered,
    wrapper,
)
from sample_logs.generator.cloudbees.story import CURRENT, OLDER, PRIMARY, SECOND, UPGRADE_DAY, hours_after
from sample_logs.generator.dice import Dice

_BUNDLED_RESTART: Final = UPGRADE_DAY + timedelta(days=40)
_BUNDLED_LIVE: Final = UPGRADE_DAY + timedelta(days=41)
"""The logs in the support bundle tell of days between the rotated logs and the live ones."""


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
            exceptions.undecrypted(hours_after(start, 9.31), str(dice.uuid()), with_cause=True),
            exceptions.undecrypted(hours_after(start, 33.7), str(dice.uuid()), with_cause=False),
            exceptions.bad_padding(hours_after(start, 34.2)),
        ]
        return log_text([*healthy.traffic(dice, start, hours_after(start, 48), 2400), *own], unclustered)

    def quiet_weeks(self) -> LogText:
        """The primary in January."""
        start = UPGRADE_DAY - timedelta(days=20)
        dice = Dice("quiet weeks")
        own = [
            exceptions.undecrypted(hours_after(start, 50.21), str(dice.uuid()), with_cause=False),
            exceptions.invalid_key(hours_after(start, 61.5)),
        ]
        return node_log(PRIMARY, [*healthy.traffic(dice, start, hours_after(start, 96), 2600), *own])

    def eve(self) -> LogText:
        """The primary up to its shutdown for the upgrade."""
        start = UPGRADE_DAY - timedelta(days=2)
        entries = healthy.traffic(Dice("eve"), start, hours_after(UPGRADE_DAY, 7.5), 2600)
        return node_log(PRIMARY, [*entries, *healthy.stopping(hours_after(UPGRADE_DAY, 7.6))])

    def upgrade(self) -> LogText:
        """The primary under the hotfix: what it cannot open it skips, and in the end it lists the worst."""
        begin = hours_after(UPGRADE_DAY, 9)
        listing = [
            corrupted(self._in_project("Firmware Lab")[:1], hours_after(begin, 0.31), over_lines=False),
            corrupted(self._in_project("Firmware Lab")[1:4], hours_after(begin, 0.32), over_lines=False),
            corrupted(self._in_project("Legacy Billing")[:3], hours_after(begin, 0.33), over_lines=True),
        ]
        own = [
            *healthy.upgrade(begin),
            *skipping(self._unopened, hours_after(begin, 0.1), seconds=2),
            *listing,
            *healthy.setup(hours_after(begin, 0.4)),
        ]
        return node_log(
            PRIMARY,
            [*own, *healthy.traffic(Dice("upgrade"), hours_after(begin, 0.7), hours_after(begin, 4), 900)],
        )

    def first_days(self) -> LogText:
        """The primary after the upgrade: steps fail, old sessions are thrown away."""
        start = hours_after(UPGRADE_DAY, 13)
        dice = Dice("first days")
        own = [
            exceptions.stale_session(hours_after(start, 0.05), on_one_line=False),
            exceptions.stale_session(hours_after(start, 0.06), on_one_line=True),
            exceptions.undecrypted(hours_after(start, 19.3), str(dice.uuid()), with_cause=True),
            exceptions.undecrypted_on_one_line(hours_after(start, 23.75)),
            exceptions.illegal_block(hours_after(start, 40.1), self._unopened[0].sealed.value),
            *(
                exceptions.undecrypted(hours_after(start, 41 + n), str(dice.uuid()), with_cause=False)
                for n in range(6)
            ),
        ]
        return node_log(PRIMARY, [*healthy.traffic(dice, start, hours_after(start, 72), 2600), *own])

    def primary_today(self) -> LogText:
        """The primary's live log, with a restart that skips the lost ones again."""
        start = UPGRADE_DAY + timedelta(days=43)
        dice = Dice("primary today")
        again = list(
            skipping(self._lost[4:9], hours_after(start, 6.1), seconds=1, first=3, ndc="caf\udce9=1")
        )
        own = [
            *healthy.stopping(hours_after(start, 5.9)),
            *healthy.start(hours_after(start, 6.05)),
            *again,
            exceptions.bad_padding(hours_after(start, 9.4)),
            exceptions.undecrypted(hours_after(start, 10.1), str(dice.uuid()), with_cause=True),
        ]
        return node_log(PRIMARY, [*healthy.traffic(dice, start, hours_after(start, 24), 620), *own])

    def second_before(self) -> LogText:
        """The second node up to its shutdown."""
        start = UPGRADE_DAY - timedelta(days=1)
        dice = Dice("second before")
        own = [
            exceptions.undecrypted(hours_after(start, 11.2), str(dice.uuid()), with_cause=True),
            exceptions.bad_padding(hours_after(start, 12.4)),
            *healthy.stopping(hours_after(UPGRADE_DAY, 7.4)),
        ]
        return node_log(SECOND, [*healthy.traffic(dice, start, hours_after(UPGRADE_DAY, 7.3), 2400), *own])

    def second_after(self) -> LogText:
        """The second node is started with its old passkey file, then with the one from ZooKeeper."""
        begin = hours_after(UPGRADE_DAY, 14)
        dice = Dice("second after")
        own = [
            exceptions.mismatch(hours_after(begin, 0.1), CURRENT, OLDER),
            exceptions.mismatch_answer(hours_after(begin, 0.15), CURRENT, OLDER),
            exceptions.mismatch(hours_after(begin, 0.4), CURRENT, OLDER),
            *healthy.start(hours_after(begin, 1.2)),
            exceptions.stale_session(hours_after(begin, 1.6), on_one_line=False),
            *skipping(self._in_project("Toolchain")[:2], hours_after(begin, 1.3), seconds=3, first=7),
        ]
        return node_log(
            SECOND, [*healthy.traffic(dice, hours_after(begin, 1.5), hours_after(begin, 60), 2400), *own]
        )

    def second_today(self) -> LogText:
        """The second node's live log."""
        start = UPGRADE_DAY + timedelta(days=43)
        dice = Dice("second today")
        people = [row for row in self._unopened if row.place.kind == "user"]
        own = [
            *skipping(people, hours_after(start, 8), seconds=611, ndc="login"),
            exceptions.stale_session(hours_after(start, 8.5), on_one_line=True),
        ]
        return node_log(SECOND, [*healthy.traffic(dice, start, hours_after(start, 24), 620), *own])

    def service_wrapper(self) -> LogText:
        """The second node's service wrapper: the exception of its start stands here too."""
        begin = hours_after(UPGRADE_DAY, 14.09)
        entries = [
            Entry(begin, "STATUS", "wrapper", "", "--> Wrapper Started as Daemon"),
            Entry(hours_after(begin, 0.001), "INFO", "jvm 1", "", "WrapperManager: Initializing..."),
            exceptions.mismatch_in_wrapper(hours_after(begin, 0.005), CURRENT, OLDER),
            Entry(hours_after(begin, 0.006), "STATUS", "wrapper", "", "<-- Wrapper Stopped"),
        ]
        return log_text(entries, wrapper)

    def _in_project(self, project: str) -> list[StoredCredential]:
        return [row for row in self._rows if row.place.project == project]


def bundled_restart(node: str, lost: Sequence[StoredCredential]) -> LogText:
    """A rotated log of the bundle: a restart skips what is lost once more, and lists the first two."""
    own = [
        *healthy.start(hours_after(_BUNDLED_RESTART, 1)),
        *skipping(lost, hours_after(_BUNDLED_RESTART, 1.1), seconds=1, first=5),
        corrupted(lost[:2], hours_after(_BUNDLED_RESTART, 1.2), over_lines=True),
    ]
    ordinary = healthy.traffic(
        Dice(f"bundled restart {node}"), _BUNDLED_RESTART, hours_after(_BUNDLED_RESTART, 24), 700
    )
    return node_log(node, [*ordinary, *own])


def bundled_live(node: str) -> LogText:
    """A live log of the bundle: one step fails."""
    dice = Dice(f"bundled live {node}")
    failed = exceptions.undecrypted(hours_after(_BUNDLED_LIVE, 3.3), str(dice.uuid()), with_cause=True)
    return node_log(
        node, [*healthy.traffic(dice, _BUNDLED_LIVE, hours_after(_BUNDLED_LIVE, 12), 300), failed]
    )


def java_agent() -> LogText:
    """In the bundle: an agent on an old Java."""
    ordinary = healthy.traffic(Dice("java agent"), _BUNDLED_RESTART, hours_after(_BUNDLED_RESTART, 24), 60)
    return log_text([*ordinary, exceptions.invalid_key(hours_after(_BUNDLED_RESTART, 2.5))], unclustered)


def native_agent() -> LogText:
    """In the bundle: an agent in C++: four fields, nothing to be found."""
    pings = (
        Entry(
            hours_after(_BUNDLED_RESTART, n / 60),
            "DEBUG",
            f"0x7f3f1c{n % 8:x}ea700",
            "",
            f"Handling ping message {n}",
        )
        for n in range(120)
    )
    return log_text(pings, agent)
