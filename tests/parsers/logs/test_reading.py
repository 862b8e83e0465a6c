"""What single streams gave becomes one answer, whatever order they came in."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from parsers.logs.finding import Finding
from parsers.logs.joining import joined
from parsers.logs.leaf_reading import LeafReader
from parsers.logs.period import Period
from parsers.logs.phrases import DEFAULT
from parsers.logs.reading import LogReading, read_logs
from parsers.secret import Secret
from parsers.unread import Unread
from tests.parsers.logs.streams import leaf

ESTATE = Path(__file__).parents[3] / "sample_logs" / "cloudbees-cd"


def entry(time: str, message: str, node: str = "n1") -> bytes:
    return f"2021-03-{time} | {node} | WARN  | T-1 |  |  |  | C | {message}\n".encode()


def read(*streams: tuple[str, bytes], period: Period = Period()) -> LogReading:  # noqa: B008 - frozen
    reader = LeafReader(DEFAULT)
    return joined((reader.read(leaf(data, path)) for path, data in streams), period)


def positions(reading: LogReading) -> list[tuple[str, int]]:
    return [(found.source, found.line or 0) for found in reading.findings]


SKIPPED = "Skipping updating password for credential 'c'"
LIVE = entry("04T05:00:00.000", "a") + entry("04T05:00:01.000", SKIPPED)
ROTATED = LIVE + entry("04T06:00:00.000", "Can not decrypt user 'u'") + entry("04T07:00:00.000", "b")


def test_finds_the_sample_estate_s_truth() -> None:
    """Every finding of the sample estate is found where its truth says, and nothing else is."""
    truth = json.loads((ESTATE / "truth.json").read_text())["findings"]
    password = Secret((ESTATE / "logs/support-bundle.password").read_bytes().strip())
    reading = read_logs([str(ESTATE / "logs")], jobs=2, passwords=[password])
    assert sorted(
        found._replace(system="", source=found.source.removeprefix(f"{ESTATE}/"), message="")
        for found in reading.findings
    ) == sorted(
        Finding(**{name: row.get(name, "") for name in Finding._fields} | {"system": "", "message": ""})
        for row in truth
    )
    assert not reading.unread


def test_same_answer_in_any_order() -> None:
    """The order of the inputs changes nothing."""
    streams = [("b.log", ROTATED), ("a.log", LIVE), ("c.log", b"no log\n")]
    forward, backward = read(*streams), read(*reversed(streams))
    assert forward.findings == backward.findings
    assert forward.inputs == backward.inputs
    assert forward.duplicates == backward.duplicates


def test_same_answer_where_members_share_a_name() -> None:
    """What stands in them orders the entries of members that an archive has twice under one name."""
    streams = [("a.zip!/x", ROTATED), ("a.zip!/x", ROTATED.replace(b"'u'", b"'v'"))]
    forward, backward = read(*streams), read(*reversed(streams))
    assert forward.findings == backward.findings


def test_live_log_beside_its_rotated_copy_counts_once() -> None:
    """Entries in an overlapping copy count where they are met first, and it is said so."""
    reading = read(("commander.log", LIVE), ("commander.log.1", ROTATED))
    assert positions(reading) == [("commander.log", 2), ("commander.log.1", 3)]
    [copy] = reading.duplicates
    assert (copy.source, copy.of, copy.findings, copy.whole) == ("commander.log.1", "commander.log", 1, False)
    assert reading.inputs[1].why == "1 findings are in 'commander.log' too: counted there"


def test_same_archive_twice_counts_once() -> None:
    """The same content under another name adds nothing, entries without a time included."""
    data = ROTATED + b"\n"
    reading = read(
        ("a", b"Corrupted credentials: 'x'\n" + data), ("b", b"Corrupted credentials: 'x'\n" + data)
    )
    assert positions(reading) == [("a", 1), ("a", 3), ("a", 4)]
    assert [(copy.source, copy.of, copy.whole) for copy in reading.duplicates] == [("b", "a", True)]


def test_message_that_is_logged_again_counts_again() -> None:
    """Repetition within one log is no copy."""
    reading = read(("a.log", LIVE + LIVE), ("b.log", LIVE))
    assert positions(reading) == [("a.log", 2), ("a.log", 4)]


def test_message_without_time_in_different_logs_counts_in_each() -> None:
    """Without a time nothing says that two entries are one."""
    line = b"Can not decrypt user 'u'\n"
    assert positions(read(("a.txt", line), ("b.txt", line + b"more\n"))) == [("a.txt", 1), ("b.txt", 1)]


def test_since_and_until_in_the_zone_of_the_logs() -> None:
    """`since` is in, `until` is not; times without a zone are in the zone that is given."""
    since = datetime(2021, 3, 4, 4, 0, 1, tzinfo=UTC)
    zone = timezone(timedelta(hours=1))
    inside = read(("a", ROTATED), period=Period(since, datetime(2021, 3, 4, 6), zone))  # noqa: DTZ001 - as typed
    assert positions(inside) == [("a", 2)]
    assert positions(read(("a", ROTATED), period=Period(since + timedelta(seconds=1), None, zone))) == [
        ("a", 3)
    ]


def test_spans_and_holes_per_node() -> None:
    """Each node's time is told, with the holes between its files."""
    first = entry("04T05:00:00.000", "a") + entry("04T06:00:00.000", "b")
    later = entry("05T05:00:00.000", "a") + entry("05T06:00:00.000", "b")
    other = entry("01T00:00:00.000", "a", node="n0")
    spans = read(("2", later), ("1", first), ("3", other)).spans
    assert [(span.node, span.first[8:16], span.last[8:16], len(span.gaps)) for span in spans] == [
        ("n0", "01T00:00", "01T00:00", 0),
        ("n1", "04T05:00", "05T06:00", 1),
    ]
    assert spans[1].gaps == (("2021-03-04T06:00:00.000", "2021-03-05T05:00:00.000"),)


def test_upgrade_window() -> None:
    """An upgrade reaches from its first attempt to the next start on the same node."""
    data = (
        entry("04T05:00:00.000", "commanderServer is running")
        + entry("04T06:00:00.000", "Attempting upgrade from database version 9.1.0.1 to 9.2")
        + entry("04T06:10:00.000", "Attempting upgrade from database version 9.1.0.1 to 9.2")
        + entry("04T06:20:00.000", "commanderServer is running")
    )
    [upgrade] = read(("a", data)).upgrades
    assert (upgrade.begin[11:16], upgrade.end[11:16], upgrade.version) == ("06:00", "06:20", "9.1.0.1")


def test_fault_keeps_what_came_before() -> None:
    """A stream that breaks off gives its findings, and a partial row that says so."""
    reading = joined([LeafReader(DEFAULT).read(leaf(LIVE, "a.log", "m", fails=True))], Period())
    assert positions(reading) == [("a.log!/m", 2)]
    assert reading.unread == (Unread("a.log", "m", "cut off", len(LIVE), partial=True),)
    assert reading.inputs[0].read
    assert reading.inputs[0].why == "cut off"


def test_what_cannot_be_read_is_an_input_that_was_not() -> None:
    """Nothing that was asked for is passed over."""
    reading = joined([Unread("x.zip", "", "no zip")], Period())
    assert [(row.path, row.read, row.lines, row.why) for row in reading.inputs] == [
        ("x.zip", False, None, "no zip")
    ]
    assert not reading.findings


def test_times_that_there_are_not() -> None:
    """Digits that make up no day end nothing, and such an entry is in every period."""
    data = entry("99T05:00:00.000", SKIPPED) + ROTATED
    reading = read(("commander-n9.log", data), period=Period(until=datetime(2021, 3, 4, 5, 30, tzinfo=UTC)))
    assert [line for _, line in positions(reading)] == [1, 3]
    [span] = reading.spans
    assert (span.node, span.first, span.last) == ("n1", "2021-03-04T05:00:00.000", "2021-03-04T07:00:00.000")


def test_host_in_the_file_s_name_where_entries_name_no_node() -> None:
    """Logs that are not clustered are told apart by the host in their names."""
    data = b"2021-03-04T05:00:00.000 | INFO  | T |  |  |  | C | x\n"
    spans = read(("a/commander-n1.log.1.zip!/commander-n1.log.1", data), ("a/commander.log", data)).spans
    assert [span.node for span in spans] == ["", "n1"]
