"""Databases of real servers re-encrypted while another session changes a value, or the server is killed."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.errors import ReencryptionError
from audit.reencryption.overrides import Despite
from tests.servers.mariadb import durable_mariadb
from tests.servers.postgresql import durable_postgresql
from tests.servers.server import Restartable, Server
from tests.support.rekeying import Rekeying, stored, under_new

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("re-encryption"),
    pytest.mark.no_cover,
    # PyMySQL leaves the socket of a lost connection to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ENTERED = "entered by somebody else"


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("commander") as name:
        yield name


class Steps:
    """Counts the statements of a run, and does something before one of them."""

    def __init__(self, at: int, do: Callable[[], None]) -> None:
        self.statements: list[str] = []
        self._at = at
        self._do = do
        self._busy = False

    def __call__(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if self._busy:  # what is done comes through here as well
            return
        self.statements.append(statement)
        if len(self.statements) == self._at:
            self._busy = True
            self._do()
            self._busy = False


@contextmanager
def disturbed(at: int, do: Callable[[], None]) -> Iterator[Steps]:
    """Every statement of this process on its way to a server is a step."""
    steps = Steps(at, do)
    sa.event.listen(sa.Engine, "before_cursor_execute", steps)
    try:
        yield steps
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", steps)


def entered_anew(engine: sa.Engine) -> bool:
    """Another session changes the first value; not where its row is locked."""
    lock = "SELECT name FROM ec_credential WHERE id = 0 FOR UPDATE NOWAIT"
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(lock)
            connection.execute(
                sa.text("UPDATE ec_credential SET password = :value WHERE id = 0"), {"value": ENTERED}
            )
    except sa.exc.OperationalError:
        return False
    return True


def worth_trying(statements: list[str]) -> list[int]:
    """Every second step from the first lock to the last update, all around that, and some that only read.

    With PASSKEY_AUDIT_EVERY_PACKET it is each of them.
    """
    touching = [place for place, each in enumerate(statements, 1) if "UPDATE" in each]
    first, last = touching[0] - 3, touching[-1] + 4
    every = bool(os.environ.get("PASSKEY_AUDIT_EVERY_PACKET"))
    return sorted(
        {*range(first, last, 1 if every else 2), *range(last - 5, last), *range(1, len(statements), 15)}
    )


def test_a_value_changed_at_every_step(server: Server, database: str, tmp_path: Path) -> None:
    """What somebody enters meanwhile stands at the end, is told, and nothing else is lost or done twice."""
    engine = server.engine(database)
    estate = Rekeying(tmp_path, server.url(database))
    estate.make(engine)
    before = stored(engine)
    assert estate.audit() == 10
    with disturbed(0, lambda: None) as steps:
        assert estate.reencrypt() == 10
    estate.undo()
    estate.journal.unlink()
    assert stored(engine) == before
    tried = 0
    for at in worth_trying(steps.statements):
        done: list[bool] = []
        with disturbed(at, lambda done=done: done.append(entered_anew(engine))):  # type: ignore[misc]
            code = estate.reencrypt(despite=[Despite.SESSIONS])
        now = stored(engine)
        if done[0]:
            tried += 1
            assert now["c0"] == ENTERED
            assert code in {1, 10}
            if (estate.run / "reencryption.json").exists():
                states = json.loads((estate.run / "reencryption.json").read_text())["states"]
                assert "changed" in states or "left" in states
        with engine.begin() as connection:  # as it was, to look at the others alone
            connection.execute(
                sa.text("UPDATE ec_credential SET password = :value WHERE id = 0"), {"value": before["c0"]}
            )
        assert under_new(estate, engine) in {6, 11, 12}
        if estate.journal.exists():
            estate.undo()
            estate.journal.unlink()
        (estate.run / "reencryption.json").unlink(missing_ok=True)
        assert stored(engine) == before
    assert tried > 5


@pytest.fixture(params=[durable_mariadb, durable_postgresql], ids=["mariadb", "postgresql"])
def durable(request: pytest.FixtureRequest) -> Iterator[Restartable]:
    """A server whose commits survive its own end."""
    with request.param() as server:
        yield server


def test_the_server_killed(durable: Restartable, tmp_path: Path) -> None:
    """Killed without warning: every value is old or new, the run says so, and the next one completes."""
    durable.server.run("CREATE DATABASE commander")
    engine = durable.server.engine("commander")
    estate = Rekeying(tmp_path, durable.server.url("commander"))
    estate.make(engine)
    before = stored(engine)
    assert estate.audit() == 10
    with disturbed(0, lambda: None) as steps:
        assert estate.reencrypt() == 10
    estate.undo()
    estate.journal.unlink()
    touching = [place for place, each in enumerate(steps.statements, 1) if "UPDATE" in each]
    for at in (touching[0], touching[-1], touching[-1] + 1, touching[-1] + 3):
        with disturbed(at, durable.kill):
            assert estate.reencrypt() == 1
        durable.start()
        under_new(estate, engine)
        assert estate.reencrypt() == 10
        assert under_new(estate, engine) == 12
        assert estate.undo() == 0
        assert stored(engine) == before
        estate.journal.unlink()


def test_a_server_that_is_started_while_people_decide(tmp_path: Path, server: Server, database: str) -> None:
    """A session that begins after the plan was made stops the run before anything is written."""
    estate = Rekeying(tmp_path, server.url(database))
    engine = server.engine(database)
    estate.make(engine)
    estate.audit()
    before = stored(engine)
    theirs: list[sa.Connection] = []

    def begin(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not theirs and any(lock in statement for lock in ("GET_LOCK", "pg_try_advisory_lock")):
            theirs.append(engine.connect())

    sa.event.listen(sa.Engine, "before_cursor_execute", begin)
    try:
        with pytest.raises(ReencryptionError, match="1 other session on this database"):
            estate.reencrypt()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", begin)
        for each in theirs:
            each.close()
    assert theirs
    assert stored(engine) == before
    assert not estate.journal.exists()
