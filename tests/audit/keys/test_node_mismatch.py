"""A node with the wrong passkey file: the cure, or what to look for."""

import hashlib
from typing import Final

import polars as pl

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import KeyRing, make_key_ring
from audit.keys.missing_key import missing_keys, seen_in_logs
from audit.keys.node_mismatch import NodeMismatch, node_mismatches
from audit.keys.unused_keys import KeyUse, key_remark
from parsers.keys.key_file import make_key_file
from parsers.logs.schema import FINDINGS
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

HISTORY: Final = "ec_configuration_history"
RIGHT: Final = bytes(range(200, 232))
WRONG: Final = bytes(range(100, 132))


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def log(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """(node, time, database's, file's)."""
    names = ["node", "time", "database_fingerprint", "file_fingerprint"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(kind=pl.lit("passkey-mismatch"))
    return pl.concat([pl.DataFrame(schema=FINDINGS), frame], how="diagonal")


def ring(seen: list[FingerprintSeen], **files: bytes) -> KeyRing:
    made = [make_key_file(label, label, Secret(content), path=None) for label, content in files.items()]
    return make_key_ring(CLOUDBEES_CD, made, current_label=None, seen=seen)


MISMATCH: Final = log(("nbcd01", "2022-10-15T08:00:00.000", sha1(RIGHT), sha1(WRONG)))
NAMED: Final = [FingerprintSeen(HISTORY, sha1(RIGHT), "2022-10-14 21:55:00")]


def test_the_right_file_is_to_be_put_back() -> None:
    """The cure names the key that the database wants, the node, and the wrong file."""
    made = ring(NAMED, now=WRONG, bak=RIGHT)
    mismatches = node_mismatches(MISMATCH, NAMED)
    now, bak = (key_remark(key, KeyUse({"bak": 403}, {}, 403), mismatches, made) for key in made.keys)
    assert bak == (
        f"in use now; put bak back as conf/passkey on nbcd01: the database wants SHA-1 {sha1(RIGHT)}, "
        f"and by the log of 2022-10-15 the file there is 'now' ({sha1(WRONG)})"
    )
    assert now.startswith("opens none of 403 values; by the log of 2022-10-15 nbcd01 has it as conf/passkey")
    assert "another server" not in now


def test_the_right_file_is_not_among_the_candidates() -> None:
    """Then the advice says where copies are, and never points at the file that is wrong."""
    made = ring(NAMED, now=WRONG)
    mismatches = node_mismatches(MISMATCH, NAMED)
    (missing,) = missing_keys(made, [*NAMED, *seen_in_logs(MISMATCH)], mismatches)
    assert missing.fingerprint == sha1(RIGHT)
    assert "a backup of conf/passkey of nbcd01 made before 2022-10-15" in missing.advice
    assert f"not in conf/passkey of nbcd01 as it is, which has SHA-1 {sha1(WRONG)}" in missing.advice
    (remark,) = [key_remark(key, KeyUse({}, {}, 0), mismatches, made) for key in made.keys]
    assert remark.startswith("by the log of 2022-10-15 nbcd01 has it")


def test_a_right_file_with_a_newline_is_mended_first() -> None:
    """A changed copy of the wanted key is to be put back after it was mended."""
    made = ring(NAMED, now=WRONG, bak=RIGHT + b"\n")
    (_, bak) = (
        key_remark(key, KeyUse({}, {}, 0), node_mismatches(MISMATCH, NAMED), made) for key in made.keys
    )
    assert "put bak back as conf/passkey on nbcd01, changed so that it has the fingerprint" in bak


def test_what_was_settled_since_is_not_undone() -> None:
    """Where the database has taken a new passkey since, nobody is told to put the old file back."""
    later = [*NAMED, FingerprintSeen(HISTORY, sha1(WRONG), "2022-10-16 09:00:00")]
    assert node_mismatches(MISMATCH, later) == ()
    made = ring(later, now=WRONG, bak=RIGHT)
    assert [key_remark(key, KeyUse({"now": 1, "bak": 1}, {}, 2), (), made) for key in made.keys] == ["", ""]


def test_the_latest_entry_of_each_node_counts() -> None:
    """A server that cannot start repeats itself; a node that has changed its file has the last one."""
    found = node_mismatches(
        log(
            ("b", "2022-01-02", sha1(RIGHT), sha1(b"third")),
            ("b", "2022-01-01", sha1(RIGHT), sha1(WRONG)),
            ("", "2022-01-03", sha1(RIGHT), sha1(WRONG)),
            ("c", "2022-01-03", "xx", "yy"),
        ),
        [],
    )
    assert found == (
        NodeMismatch("", sha1(RIGHT), sha1(WRONG), "2022-01-03"),
        NodeMismatch("b", sha1(RIGHT), sha1(b"third"), "2022-01-02"),
    )
    assert found[0].place == "the server"


def test_a_key_without_fault_needs_no_remark() -> None:
    """A candidate that opens something, on no node and without a twin, has nothing said of it."""
    made = ring([], only=RIGHT)
    assert key_remark(made.keys[0], KeyUse({"only": 3}, {}, 3), (), made) == ""
    assert "though it is the current key" in key_remark(made.keys[0], KeyUse({}, {}, 3), (), made)


def test_a_twin_that_is_counted_elsewhere() -> None:
    """Of two files of one key the one whose openings are counted under the other says so."""
    made = ring([], raw=RIGHT, text=RIGHT + b"\n")
    assert [key_remark(key, KeyUse({"raw": 3}, {}, 3), (), made) for key in made.keys] == [
        "",
        "the same key as 'raw', written in another form: what it opens is counted there",
    ]
