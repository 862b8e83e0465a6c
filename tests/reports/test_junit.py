"""Checks as JUnit XML."""

from xml.etree import ElementTree as ET

import polars as pl

from reports.junit import junit_xml
from reports.schema import CHECKS
from tests.reports.example_run import HOSTILE_NAMES

ROWS = [
    ("a", "title a", "pass", "seen", ""),
    ("b", "title b", "fail", "not seen", "do it"),
    ("c", "title c", "unknown", "not read", "give it"),
]


def test_states_become_outcomes() -> None:
    """A pass is a plain case, a failure a failure, and what is unknown an error: never a silent skip."""
    root = ET.fromstring(junit_xml(pl.DataFrame(ROWS, schema=CHECKS, orient="row"), "suite"))
    (suite,) = root
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "3", "failures": "1", "errors": "1", "skipped": "0"}
    assert [[child.tag for child in case] for case in suite] == [["system-out"], ["failure"], ["error"]]
    assert suite[1][0].attrib["message"] == "not seen"
    assert "do it" in str(suite[1][0].text)


def test_foreign_text_is_text() -> None:
    """Markup, control characters and what XML has no place for stay inert, and the file stays well-formed."""
    names = [*HOSTILE_NAMES, "\x00\x08\x0b\ufffe\uffff\ud800", "]]>", "&amp;"]
    rows = [(name, name, state, name, name) for name in names for state in ("pass", "fail", "unknown")]
    frame = pl.DataFrame(
        [tuple(_encodable(cell) for cell in row) for row in rows], schema=CHECKS, orient="row"
    )
    written = junit_xml(frame, "suite")
    (suite,) = ET.fromstring(written)
    assert [case.attrib["name"] for case in suite][::3][0] == HOSTILE_NAMES[0]
    assert {child.tag for case in suite for child in case} == {"system-out", "failure", "error"}
    assert not any(char < 0x20 and char != 0x0A for char in written)
    assert written == junit_xml(frame, "suite")


def _encodable(text: str) -> str:
    """As frames hold it: they have no place for lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode()
