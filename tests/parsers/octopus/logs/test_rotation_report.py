"""The report of a rotation, as the product prints it and as its documentation shows it."""

import re
from pathlib import Path

import pytest

from parsers.errors import LogError
from parsers.logs.read_rotation_report import read_rotation_report
from parsers.logs.rotation_report import RotationReport
from parsers.octopus.logs.rotation_report import parse_rotation_report

KEY = "Gj3GfVf1gLn8kQA7wX4iXw=="
BARE = f"""ROTATE MASTER KEY REPORT
New Master Key: {KEY}
Processed 10533 documents.
10009/10533 documents were updated
0/10533 documents were left unchanged due to errors
"""
RULE = "-" * 80
WITH_BANNERS = f"""{"=" * 80}
ROTATE MASTER KEY REPORT
{"=" * 80}
New Master Key: {KEY}
Processed 10533 documents.
10009/10533 documents were updated
0/10533 documents were left unchanged due to errors

{RULE}
Replaced Master Key
10009/10533 documents were updated
{RULE}
"""


@pytest.mark.parametrize(("text", "line"), [(BARE, 2), (WITH_BANNERS, 4), (BARE.replace("\n", "\r\n"), 2)])
def test_both_forms(text: str, line: int) -> None:
    """Counts and key are read with banners and without; what neither count explains is left over."""
    report = parse_rotation_report(text, "report.txt")
    assert (report.processed, report.updated, report.failed, report.unexplained) == (10533, 10009, 0, 524)
    assert report.new_key is not None
    assert len(report.new_key) == 16
    assert report.key_line == line
    assert report.contradictions == ()


def test_key_does_not_show() -> None:
    """Neither the value nor its parts print the key."""
    report = parse_rotation_report(BARE, "report.txt")
    assert KEY not in f"{report!r} {report}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """As PowerShell's Out-File writes it, too."""
    path = tmp_path / "report.txt"
    path.write_bytes(WITH_BANNERS.encode(encoding))
    assert read_rotation_report(path).updated == 10009


def test_without_a_key() -> None:
    """A report whose key was taken out is still one."""
    report = parse_rotation_report(re.sub("New Master.*\n", "", BARE), "report.txt")
    assert (report.new_key, report.key_line, report.updated) == (None, 0, 10009)


CONTRADICTIONS = [
    (BARE.replace("0/10533 documents were left", "0/10534 documents were left"), "processed: 10533, 10534"),
    (WITH_BANNERS.replace("Key\n10009/", "Key\n10008/"), "updated: 10008, 10009"),
    (BARE.replace("0/10533 documents were left", "600/10533 documents were left"), "than were processed"),
]


@pytest.mark.parametrize(("text", "said"), CONTRADICTIONS)
def test_contradictions(text: str, said: str) -> None:
    """A report that says two numbers of the same is told so."""
    report: RotationReport = parse_rotation_report(text, "report.txt")
    assert [each for each in report.contradictions if said in each]


@pytest.mark.parametrize("content", [b"", b"New Master Key: x\n", b"\xff\xfe\x00", b"Processed 3 documents."])
def test_no_report(tmp_path: Path, content: bytes) -> None:
    """Anything else is refused, by name."""
    path = tmp_path / "other.txt"
    path.write_bytes(content)
    with pytest.raises(LogError, match=r"other\.txt"):
        read_rotation_report(path)


def test_absent(tmp_path: Path) -> None:
    """A file that is not there is an error, not a crash."""
    with pytest.raises(LogError, match="cannot read"):
        read_rotation_report(tmp_path / "absent")
