"""How often, when and where each subject appears."""

from datetime import timedelta, timezone

from parsers.logs.by_subject import by_subject
from parsers.logs.finding import Finding


def finding(subject: str, time: str, line: int, node: str = "n1") -> Finding:
    return Finding(
        "cloudbees-cd",
        "skipped-update",
        "credential",
        subject,
        "P",
        "",
        "",
        time,
        node,
        "WARN",
        "a.log",
        line,
        "m",
    )


def test_counts_times_nodes_and_the_latest_entry() -> None:
    """The most frequent subject comes first; the last entry in time is the evidence, wherever it stands."""
    rows = by_subject(
        [
            finding("b", "2021-03-05T00:00:00.000", 1),
            finding("a", "2021-03-04T05:00:00.000", 2, "n2"),
            finding("a", "2021-03-06T05:00:00.000", 3),
            finding("a", "2021-03-05T05:00:00.000", 4, "n2"),
        ]
    )
    assert [(row.subject, row.findings, row.nodes, row.evidence) for row in rows] == [
        ("a", 3, "n1, n2", "a.log:3"),
        ("b", 1, "n1", "a.log:1"),
    ]
    assert (rows[0].first_seen, rows[0].last_seen) == ("2021-03-04T05:00:00.000", "2021-03-06T05:00:00.000")


def test_times_with_and_without_a_zone() -> None:
    """A log that has no zone is compared in the zone that is given."""
    rows = [finding("a", "2021-03-04T05:00:00.000", 1), finding("a", "2021-03-04T04:30:00.000Z", 2)]
    assert by_subject(rows)[0].evidence == "a.log:1"
    assert by_subject(rows, timezone(timedelta(hours=2)))[0].evidence == "a.log:2"


def test_no_time_is_no_time() -> None:
    """Entries without one, or with one that there is not, give none; entries that have one decide."""
    [row] = by_subject([finding("a", "", 1), finding("a", "2021-99-04T05:00:00.000", 2)])
    assert (row.findings, row.first_seen, row.last_seen, row.evidence) == (2, "", "", "a.log:2")
    [row] = by_subject([finding("a", "2021-03-04T05:00:00.000", 1), finding("a", "", 2)])
    assert (row.findings, row.last_seen, row.evidence) == (2, "2021-03-04T05:00:00.000", "a.log:1")


def test_a_list_counts_for_each_of_its_members() -> None:
    """Lists in any order, and a name by itself, add up name by name."""
    listed = [
        finding(subject, "2021-03-04T05:00:00.000", line)._replace(kind="corrupted-credentials")
        for line, subject in enumerate(("a, b", "b, a", "a"), 1)
    ]
    assert [(row.subject, row.findings) for row in by_subject(listed)] == [("a", 3), ("b", 2)]
