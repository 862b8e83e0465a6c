"""Everything judged once more: what still needs an old key."""

import base64
import gzip
from dataclasses import replace
from pathlib import Path

from audit.reencryption.journal import journal_for_writing
from audit.reencryption.reaudit import Reaudit, reaudit
from audit.reencryption.report import make_report
from audit.reencryption.rewrite import Destination, reencrypt_out_of_place
from audit.reencryption.session import Session, SessionRequest, plan_session
from audit.reencryption.write_and_prove import PlanOutcome, reencrypt_in_place
from parsers.progress import Silent
from parsers.stores.open import open_store
from tests.audit.reencryption.estate import NEW, OLD, journal_at
from tests.audit.reencryption.real_stores import MIXED, csv_of, in_sqlite, request_for, sqlite_of, values_of
from tests.support.octopus import Row, sealed, sqlite_file


def written(session: Session, folder: Path) -> PlanOutcome:
    with journal_for_writing(journal_at(folder), session.plan.target.fingerprint) as journal:
        return reencrypt_in_place(session.plan, session.in_place, journal, Silent())


def in_place(request: SessionRequest, folder: Path) -> Reaudit:
    session = plan_session(request, Silent())
    return reaudit(written(session, folder), session, request, complete=not session.reading.unread)


def test_nothing_needs_the_old_key(tmp_path: Path) -> None:
    """Proven for the values that were written, judged again for all."""
    path = sqlite_of(tmp_path / "a.sqlite", MIXED)
    after = in_place(request_for(path), tmp_path)
    assert after.still_needed == {}
    assert after.complete
    assert after.product_report == ""
    assert make_report(after).faults == []
    assert in_sqlite(path) != MIXED


def test_what_was_not_written_is_judged_too(tmp_path: Path) -> None:
    """A file store beside the database is still under the old key: it is counted."""
    database = sqlite_of(tmp_path / "a.sqlite", MIXED)
    beside = csv_of(tmp_path / "b.csv", values_of([OLD] * 5 + [NEW] * 5, seed=3))
    after = in_place(request_for(database, beside), tmp_path)
    assert after.still_needed == {"old": 5}
    assert set(after.done.proofs) == {str(database)}


def test_a_store_that_cannot_be_written_is_judged_too(tmp_path: Path) -> None:
    """Its values were planned and then refused: they still need the old key."""
    database, packed = sqlite_of(tmp_path / "a.sqlite", MIXED), tmp_path / "b.sqlite.gz"
    beside = sqlite_of(tmp_path / "b.sqlite", values_of([OLD] * 5 + [NEW] * 5, seed=3))
    packed.write_bytes(gzip.compress(beside.read_bytes()))
    assert in_place(request_for(database, packed), tmp_path).still_needed == {"old": 5}


def test_a_rotation_leaves_no_old_key(tmp_path: Path) -> None:
    """What was current is under the target now, and the target is what the values are judged by."""
    keys = {"old": OLD, "new": NEW, "next": bytes(range(40, 72))}
    path = sqlite_of(tmp_path / "a.sqlite", MIXED[:12])
    after = in_place(request_for(path, to="next", keys=keys), tmp_path)
    assert after.still_needed == {}
    assert make_report(after).states == {"re-encrypted": 12}
    assert make_report(after).exit_code == 0


def test_a_store_that_was_not_read_whole(tmp_path: Path) -> None:
    """What nobody saw may need any key: the answer is not complete."""
    path = sqlite_of(tmp_path / "a.sqlite", MIXED)
    request = request_for(path)
    empty = open_store(str(sqlite_of(tmp_path / "b.sqlite", [])))
    after = in_place(replace(request, stores=[*request.stores, empty]), tmp_path)
    assert not after.complete
    assert make_report(after).exit_code == 3


def test_a_file_written_anew_is_judged_as_it_is_written(tmp_path: Path) -> None:
    """And one that was removed as its source still is: that needs the old key."""
    source = csv_of(tmp_path / "a.csv", MIXED)
    request = request_for(source)
    session = plan_session(request, Silent())
    ((store, rewriting),) = session.rewritings
    place = Destination(tmp_path / "b.csv", lambda path: open_store(str(path)))
    done = reencrypt_out_of_place(session.plan, store, rewriting, place, Silent())
    assert done.faults == ()
    assert reaudit(done, session, request, complete=True).still_needed == {}

    other = csv_of(tmp_path / "c.csv", MIXED[:-1])
    wrong = Destination(tmp_path / "d.csv", lambda path: open_store(str(other)))
    failed = reencrypt_out_of_place(session.plan, store, rewriting, wrong, Silent())
    assert failed.faults
    assert not (tmp_path / "d.csv").exists()
    assert reaudit(failed, session, request, complete=True).still_needed == {"old": 6}


def test_octopus_gets_its_own_report(tmp_path: Path) -> None:
    """In the form of the product's rotation report, of the documents as they are now."""
    rows = [
        Row("Account", f"Accounts-{number}", {"Password": sealed(key, f"secret {number}", bytes(range(16)))})
        for number, key in enumerate([OLD, NEW] * 4)
    ]
    path = sqlite_file(tmp_path / "octopus.sqlite", rows)
    keys = {"old": base64.b64encode(OLD), "new": base64.b64encode(NEW)}
    after = in_place(request_for(path, keys=keys), tmp_path)
    assert make_report(after).faults == []
    assert make_report(after).states == {"re-encrypted": 4, "already": 4}
    assert after.still_needed == {}
    assert "8 documents" in after.product_report
    for key in (OLD, NEW):
        assert base64.b64encode(key).decode() not in after.product_report
