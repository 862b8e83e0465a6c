import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import KeyRing, make_key_ring
from audit.keys.missing_key import missing_keys, seen_in_logs, what_they_save
from parsers.keys.key_file import KeyFile
from parsers.logs.schema import FINDINGS
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

HISTORY = "ec_configuration_history"
EXPORT = "legacy.xml passkey attribute"
A, B, C = "a" * 40, "b" * 40, "c" * 40


def ring(*contents: bytes, current: str | None = None) -> KeyRing:
    files = [
        KeyFile(f"k{number}", "x", Secret(content), None, hashlib.sha1(content).hexdigest(), ())
        for number, content in enumerate(contents)
    ]
    return make_key_ring(CLOUDBEES_CD, files, current_label=current, seen=())


def mismatch(
    time: str, database: str, file: str, *, node: str = "node1", kind: str = "passkey-mismatch"
) -> dict[str, str]:
    return {
        "kind": kind,
        "time": time,
        "database_fingerprint": database,
        "file_fingerprint": file,
        "node": node,
    }


def findings(*rows: dict[str, str]) -> pl.DataFrame:
    empty = pl.DataFrame(schema=FINDINGS)
    return pl.concat([empty, pl.DataFrame(rows)], how="diagonal") if rows else empty


def test_a_key_that_is_there_is_not_missing() -> None:
    """The fingerprint of a candidate is never missing, however it is written."""
    seen = [FingerprintSeen(HISTORY, hashlib.sha1(b"key").hexdigest().upper(), "2021-01-01")]
    assert missing_keys(ring(b"key"), seen) == ()


def test_the_history_names_the_backup() -> None:
    """A passkey's last use and that of the one before it bound the date of the backup to look in."""
    seen = [
        FingerprintSeen(HISTORY, A, "2019-05-01 10:00:00"),
        FingerprintSeen(HISTORY, B, "2021-03-04 05:06:07"),
        FingerprintSeen(HISTORY, hashlib.sha1(b"key").hexdigest(), "2024-01-01 00:00:00"),
    ]
    last, first = missing_keys(ring(b"key"), seen)
    assert (last.fingerprint, last.last_used, last.after) == (B, "2021-03-04T05:06:07", "2019-05-01T10:00:00")
    assert last.advice == "probably in a backup of conf/passkey made between 2019-05-01 and 2021-03-04"
    assert (first.fingerprint, first.after) == (A, "")
    assert first.advice == "probably in a backup of conf/passkey from 2019-05-01 or before"


def test_an_export_points_to_its_server() -> None:
    """A fingerprint that only an export names leads to the server which wrote it, not to our backups."""
    (missing,) = missing_keys(ring(), [FingerprintSeen(EXPORT, C, "")])
    assert missing.advice == "probably conf/passkey of the server that wrote 'legacy.xml', or a backup of it"


def test_logs_date_a_fingerprint() -> None:
    """A mismatch in the logs names both fingerprints; the latest entry of each node counts."""
    seen = seen_in_logs(
        findings(
            mismatch("2021-03-04T05:06:07.089", A, B),
            mismatch("2021-03-04T05:07:07.089", A, B),
            mismatch("2021-03-01T00:00:00.000", A, B, node=""),
            mismatch("2022-01-01T00:00:00.000", C, C, kind="decrypt-failure"),
            mismatch("2022-01-01T00:00:00.000", "xx", "yy"),
        )
    )
    assert seen == [
        FingerprintSeen("log: the database's", A, "2021-03-01T00:00:00.000"),
        FingerprintSeen("log: the passkey file's", B, "2021-03-01T00:00:00.000"),
        FingerprintSeen("log of node1: the database's", A, "2021-03-04T05:07:07.089"),
        FingerprintSeen("log of node1: the passkey file's", B, "2021-03-04T05:07:07.089"),
    ]
    named = missing_keys(ring(), seen)
    assert named[0].advice == "probably in a backup of conf/passkey from 2021-03-04 or before"
    assert named[1].advice.startswith("only a node's file had it")
    assert {key.fingerprint: key.saves_up_to for key in what_they_save(named, sealed(("lost", "", "")))} == {
        A: 1,
        B: 0,
    }


def test_no_mismatch_in_the_logs() -> None:
    """Logs without a mismatch name nothing."""
    assert seen_in_logs(findings()) == []


def test_no_date_is_known() -> None:
    """An undated row of the history gives no date, and says so."""
    (missing,) = missing_keys(ring(), [FingerprintSeen(HISTORY, A, "")])
    assert "no date is known" in missing.advice


def test_the_key_in_use_is_on_the_server() -> None:
    """What the history names last is not in a backup: it is the server's own file."""
    (missing,) = missing_keys(ring(b"key"), [FingerprintSeen(HISTORY, A, "2024-01-01 08:00:00")])
    assert missing.advice == "the server's own conf/passkey: its history names it last, on 2024-01-01"


def test_a_stray_node_does_not_date_a_key() -> None:
    """A node that still has the old file names it for years: its last use is what the history says."""
    seen = [
        FingerprintSeen(HISTORY, A, "2021-03-04 05:06:07"),
        FingerprintSeen(HISTORY, hashlib.sha1(b"key").hexdigest(), "2024-01-01 00:00:00"),
        FingerprintSeen("log of node2: the passkey file's", A, "2025-06-01T00:00:00.000"),
    ]
    (missing,) = missing_keys(ring(b"key"), seen)
    assert (missing.last_used, missing.after) == ("2021-03-04T05:06:07", "")
    assert missing.advice == "probably in a backup of conf/passkey from 2021-03-04 or before"


def sealed(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """(verdict, store, modified)."""
    frame = pl.DataFrame(rows, schema=["verdict", "store", "modified"], orient="row")
    return frame.with_columns(system=pl.lit("cloudbees-cd"))


def test_what_a_missing_key_would_save() -> None:
    """At most all that no key opens; likely what stands in its export, or was changed while it was in use."""
    seen = [
        FingerprintSeen(HISTORY, A, "2019-05-01 10:00:00"),
        FingerprintSeen(HISTORY, B, "2021-03-04 05:06:07"),
        FingerprintSeen(HISTORY, hashlib.sha1(b"key").hexdigest(), "2024-01-01 00:00:00"),
        FingerprintSeen(EXPORT, C, ""),
    ]
    frame = sealed(
        ("lost", "db; legacy.xml", "2012-01-01 00:00:00"),
        ("lost", "db", "2020-01-01 00:00:00"),
        ("unknown", "db", "1577836800000"),  # milliseconds, the same day
        ("lost", "db", "2023-01-01 00:00:00"),
        ("lost", "db", "last week"),
        ("damaged", "db; legacy.xml", "2020-01-01 00:00:00"),
        ("ambiguous", "db", ""),
        ("plain-text", "db", ""),
        ("current", "db; legacy.xml", "2020-01-01 00:00:00"),
        ("older-key", "db", ""),
        ("empty", "db", ""),
        ("external", "db", ""),
    )
    told = what_they_save(missing_keys(ring(b"key"), seen), frame)
    assert {key.fingerprint: (key.saves_likely, key.saves_up_to) for key in told} == {
        A: (1, 8),
        B: (2, 8),
        C: (1, 8),
    }
    assert told[0].fingerprint == B
    assert told[0].places == [HISTORY]


def test_other_products_are_not_saved() -> None:
    """A passkey opens nothing of Octopus Deploy."""
    frame = sealed(("lost", "", "")).with_columns(system=pl.lit("octopus"))
    (missing,) = what_they_save(missing_keys(ring(), [FingerprintSeen(EXPORT, C, "")]), frame)
    assert missing.saves_up_to == 0


sightings = st.builds(
    FingerprintSeen,
    st.sampled_from([HISTORY, EXPORT, "log: the database's"]),
    st.sampled_from([A, B, C, "xx"]),
    st.sampled_from(["", "2020-01-01", "2021-01-01 00:00:00", "1614834367000"]),
)


@given(st.lists(sightings).flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen))))
def test_the_answer_does_not_depend_on_order(
    orders: tuple[list[FingerprintSeen], list[FingerprintSeen]],
) -> None:
    """The same sightings in any order give the same missing keys, the latest first, each once."""
    first, second = (missing_keys(ring(), seen) for seen in orders)
    assert first == second
    assert len({key.fingerprint for key in first}) == len(first)
    assert [key.last_used for key in first] == sorted((key.last_used for key in first), reverse=True)
