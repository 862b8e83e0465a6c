"""Databases of real servers re-encrypted by a process that is killed at each packet that it sends."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.server import Server
from tests.support.killing import Runs, runs
from tests.support.rekeying import Rekeying, stored, under_new

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("re-encryption"), pytest.mark.no_cover]

SEND = "sendto"
"""What PyMySQL and libpq send packets with."""


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("commander") as name:
        yield name


@dataclass(frozen=True, slots=True)
class Packets:
    """A run's packets by number: those from the first entry of the journal to COMMIT, and all of them."""

    writing: range
    total: int


def packets(started: Runs, arguments: Sequence[str], trace: Path) -> Packets:
    """What a run sends, in the order in which it does."""
    calls = started.calls_of(f"{SEND},fsync", arguments, trace)
    first = next(place for place, line in enumerate(calls) if "fsync(" in line)
    update = max(place for place, line in enumerate(calls) if "UPDATE" in line)
    last = next(place for place, line in enumerate(calls) if place > update and "COMMIT" in line)
    sends = [sum(f"{SEND}(" in line for line in calls[:place]) for place in (first, last + 1, len(calls))]
    return Packets(range(sends[0] + 1, sends[1] + 1), sends[2])


def test_nothing_is_lost_or_encrypted_twice(server: Server, database: str, tmp_path: Path) -> None:
    """Killed at any packet: every value is old or new; the next run completes, and undo restores all.

    Of the packets from the first entry of the journal on every sixth is tried, and all around COMMIT; of
    those before and after, which only read, every 60th. With PASSKEY_AUDIT_EVERY_PACKET it is each of them.
    """
    engine = server.engine(database)
    estate = Rekeying(tmp_path, server.url(database))
    estate.make(engine)
    before = stored(engine)
    assert estate.audit() == 10
    every = bool(os.environ.get("PASSKEY_AUDIT_EVERY_PACKET"))
    found = []
    with runs() as started:
        sent = packets(started, estate.arguments(), tmp_path / "trace")
        assert under_new(estate, engine) == 12
        assert estate.undo() == 0
        estate.journal.unlink()
        commit = sent.writing.stop
        tried = {
            *sent.writing[:: 1 if every else 6],
            *range(commit - 3, commit + 1),
            *range(1, sent.total, 1 if every else 60),
        }
        for number in sorted(tried):
            assert started.killed_at(number, SEND, estate.arguments())
            found.append(under_new(estate, engine))
            if number in sent.writing:
                assert estate.reencrypt() == 10  # one value is lost, and stays so
                assert under_new(estate, engine) == 12
            if estate.journal.exists():
                assert estate.undo() == 0
                assert stored(engine) == before
                estate.journal.unlink()
    assert len(sent.writing) > 4
    assert found == sorted(found)
    assert set(found) == {6, 12}
