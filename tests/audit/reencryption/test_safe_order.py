"""A re-encryption as one call: what happens in which order, and what must not be there afterwards."""

import fcntl
from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.errors import ReencryptionError, RequestError
from audit.exit_codes import ExitCode
from audit.reencryption.plan import Plan
from audit.reencryption.report import ReencryptionReport
from audit.reencryption.request import Question, ReencryptionRequest
from audit.reencryption.safe_order import reencrypt
from audit.reencryption.state import State
from audit.run.audit import AuditRequest, audit
from audit.run.observer import SilentObserver
from audit.run.stores import StoreOptions
from parsers.errors import StoreError
from tests.audit.reencryption.real_stores import MIXED, csv_of
from tests.support.rekeying import Rekeying, stored, under_new


class Notes(SilentObserver):
    """Writes down what it is told, and how the store is at that time."""

    def __init__(self, estate: Rekeying, engine: sa.Engine) -> None:
        self._estate = estate
        self._engine = engine
        self.told: list[str] = []

    def note(self, what: str) -> None:
        journal = "journal" if self._estate.journal.exists() else "no journal"
        self.told.append(f"{what}: {under_new(self._estate, self._engine)} under new, {journal}")

    def say(self, lines: Iterable[str]) -> None:
        self.note(f"say {len(list(lines))}")

    def show(self, plan: Plan) -> None:
        self.note(f"show {plan.counts().get(State.RE_ENCRYPTED, 0)}")

    def prove(self, report: ReencryptionReport) -> None:
        self.note(f"prove {sum(each.proven for each in report.stores)}")

    def confirm(self, question: Question) -> bool:
        self.note(str(question).replace(self._estate.store, "STORE"))
        return True


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}", poolclass=sa.NullPool)


@pytest.fixture
def estate(tmp_path: Path, engine: sa.Engine) -> Rekeying:
    """Six values under each key, audited."""
    estate = Rekeying(tmp_path, str(tmp_path / "store.sqlite"))
    estate.make(engine)
    estate.audit()
    return estate


def request_of(estate: Rekeying) -> ReencryptionRequest:
    return ReencryptionRequest(estate.run, StoreOptions([estate.store]), estate.keys, to="new")


def test_asked_before_and_proven_after(estate: Rekeying, engine: sa.Engine) -> None:
    """The ways out come before the question; the journal, the values and the proof after the answer."""
    notes = Notes(estate, engine)
    done = reencrypt(request_of(estate), confirm=notes.confirm, observer=notes)
    assert notes.told == [
        "say 3: 6 under new, no journal",
        "Re-encrypt 6 values of STORE under new?: 6 under new, no journal",
        "show 6: 12 under new, journal",
        "prove 6: 12 under new, journal",
    ]
    assert done.report is not None
    assert not done.report.faults
    assert done.exit_code == ExitCode.ATTENTION  # one value is lost


def test_without_anybody_to_confirm_it_is_a_plan(estate: Rekeying, engine: sa.Engine) -> None:
    """The plan counts what would change; no file comes about, and the store stays."""
    files = sorted(estate.folder.rglob("*"))
    before = stored(engine)
    done = reencrypt(request_of(estate))
    assert done.report is None
    assert done.plan.counts()[State.RE_ENCRYPT] == estate.count
    assert stored(engine) == before
    assert sorted(estate.folder.rglob("*")) == files


def test_an_error_out_of_the_question_ends_it(estate: Rekeying, engine: sa.Engine) -> None:
    """Nobody can be asked, say: it comes through, and nothing was written."""

    def confirm(_question: Question) -> bool:
        raise ReencryptionError("nobody can be asked")

    before = stored(engine)
    with pytest.raises(ReencryptionError, match="nobody can be asked"):
        reencrypt(request_of(estate), confirm=confirm)
    assert stored(engine) == before
    assert not estate.journal.exists()


def test_what_changes_while_a_person_thinks_is_left(estate: Rekeying, engine: sa.Engine) -> None:
    """A value that somebody enters between the question and the answer stays as it is, and is reported."""

    def confirm(_question: Question) -> bool:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE ec_credential SET password = 'entered anew' WHERE name = 'c0'")
        return True

    done = reencrypt(request_of(estate), confirm=confirm)
    counts = done.plan.counts()
    assert (counts[State.RE_ENCRYPTED], counts[State.CHANGED]) == (estate.count - 1, 1)
    assert stored(engine)["c0"] == "entered anew"


def test_another_run_that_comes_meanwhile_has_the_store(estate: Rekeying, engine: sa.Engine) -> None:
    """It takes the lock while a person thinks: this run is refused, and begins no journal."""
    before = stored(engine)
    with Path(estate.store).open("rb") as held:

        def confirm(_question: Question) -> bool:
            fcntl.flock(held, fcntl.LOCK_EX)
            return True

        with pytest.raises(StoreError, match="another re-encryption"):
            reencrypt(request_of(estate), confirm=confirm)
    assert stored(engine) == before
    assert not estate.journal.exists()


def test_a_file_that_cannot_be_written_hides_no_proof(estate: Rekeying, engine: sa.Engine) -> None:
    """The caller fails to show the plan: the error comes through, and what was done is reported before."""

    class Failing(Notes):
        def show(self, plan: Plan) -> None:
            raise OSError(f"no room for {plan.table.height} rows")

    notes = Failing(estate, engine)
    with pytest.raises(OSError, match="no room"):
        reencrypt(request_of(estate), confirm=notes.confirm, observer=notes)
    assert notes.told[-1] == "prove 6: 12 under new, journal"


def test_a_file_store_needs_a_place_to_go(estate: Rekeying) -> None:
    """It is never changed in place; the error names the attribute of the request."""
    path = csv_of(estate.folder / "store.csv", MIXED)
    before = path.read_bytes()
    stores = StoreOptions([str(path)])
    audit(AuditRequest(estate.folder / "of csv", stores, estate.keys, current="new"))
    request = ReencryptionRequest(estate.folder / "of csv", stores, estate.keys, to="new")
    with pytest.raises(RequestError, match="never changed in place") as raised:
        reencrypt(request, confirm=lambda _: True)
    assert raised.value.field == "out"
    assert path.read_bytes() == before


def test_a_request_without_stores(estate: Rekeying) -> None:
    """It is refused before a run folder comes about."""
    with pytest.raises(RequestError, match="stores: name at least one"):
        audit(AuditRequest(estate.folder / "nowhere", StoreOptions([]), estate.keys))
    assert not (estate.folder / "nowhere").exists()
