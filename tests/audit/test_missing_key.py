import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from audit.key_ring import KeyRing, make_key_ring
from audit.missing_key import idle_keys, missing_keys, seen_in_logs
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
    return make_key_ring(files, current_label=current, seen=())


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
    assert missing.advice == f"probably conf/passkey of the server that '{EXPORT}' names, or a backup of it"


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
    assert [key.advice for key in missing_keys(ring(), seen)] == [
        "probably in a backup of conf/passkey from 2021-03-04 or before"
    ] * 2


def test_no_mismatch_in_the_logs() -> None:
    """Logs without a mismatch name nothing."""
    assert seen_in_logs(findings()) == []


def test_no_date_is_known() -> None:
    """An undated row of the history gives no date, and says so."""
    (missing,) = missing_keys(ring(), [FingerprintSeen(HISTORY, A, "")])
    assert "no date is known" in missing.advice


def test_idle_keys() -> None:
    """Candidates that open nothing are listed with a likely reason; with nothing tried, none is."""
    keys = ring(b"o" * 16, b"n" * 32, b"no key at all", b"c" * 16, current="k3")
    idle = idle_keys(keys, {"k0": 5, "k1": 0}, tried=10)
    assert [(key.label, "none of 10" in key.reason) for key in idle] == [
        ("k1", True),
        ("k2", True),
        ("k3", True),
    ]
    assert "another server" in idle[0].reason
    assert "no AES key" in idle[1].reason
    assert "current key" in idle[2].reason
    assert idle_keys(keys, {}, tried=0) == ()


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
