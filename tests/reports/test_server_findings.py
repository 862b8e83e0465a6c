"""Findings that are about no credential."""

import polars as pl

from reports.page import server_findings
from reports.schema import FINDINGS


def finding(
    kind: str, time: str, *, node: str = "n1", message: str = "m", line: int | None = 7
) -> dict[str, object]:
    blank: dict[str, object] = dict.fromkeys(FINDINGS.names(), "")
    return {
        **blank,
        "kind": kind,
        "time": time,
        "node": node,
        "message": message,
        "source": "a",
        "line": line,
    }


def told(*findings: dict[str, object]) -> list[tuple[object, ...]]:
    return server_findings(pl.DataFrame(findings, schema=FINDINGS)).rows()


def test_repetitions_are_one() -> None:
    """A node that repeats itself is one row: how often, since when, the latest entry's first line."""
    rows = told(
        finding("passkey-mismatch", "2021-02-07", message="second\n  at a.b", line=9),
        finding("passkey-mismatch", "2021-02-06", message="first"),
        finding("passkey-mismatch", "2021-02-08", node="n2"),
    )
    assert rows == [
        ("passkey-mismatch", "n1", 2, "2021-02-06", "2021-02-07", "a:9", "second"),
        ("passkey-mismatch", "n2", 1, "2021-02-08", "2021-02-08", "a:7", "m"),
    ]


def test_what_no_log_tells_counts_by_its_words() -> None:
    """Places of unexpected ciphertext and nodes that fell behind have no time: each sentence is a row."""
    rows = told(
        finding("uncovered", "", node="", message="3 values in x", line=None),
        finding("uncovered", "", node="", message="5 values in y", line=None),
    )
    assert [(row[2], row[5], row[6]) for row in rows] == [
        (1, "a", "3 values in x"),
        (1, "a", "5 values in y"),
    ]


def test_long_messages_are_cut() -> None:
    """Blanks that fill a log's columns are one, and the cut shows."""
    (short,) = told(finding("passkey-mismatch", "2021", message="a      |    b"))
    (long,) = told(finding("passkey-mismatch", "2021", message="x" * 5000))
    assert short[-1] == "a | b"
    assert long[-1] == "x" * 400 + "…"


def test_what_is_about_credentials_is_elsewhere() -> None:
    """Entries about credentials, sessions and unknown ciphertext stand with these."""
    assert told(finding("skipped-update", "2021"), finding("stale-session", "2021")) == []


def test_a_mismatch_of_other_keys_is_another() -> None:
    """Two pairs of fingerprints are two rows."""
    one = finding("passkey-mismatch", "2021-02-06") | {"database_fingerprint": "a" * 40}
    other = finding("passkey-mismatch", "2021-02-06") | {"database_fingerprint": "b" * 40}
    assert len(told(one, other, one)) == 2
