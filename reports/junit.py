"""Checks as JUnit XML, which CI systems show with test results."""

import re
from typing import Final
from xml.etree import ElementTree as ET

import polars as pl

from reports.terminal import visible

_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""What `visible` leaves and XML 1.0 (section 2.2) has no place for."""

_OUTCOMES: Final = {"fail": "failure", "unknown": "error"}


def junit_xml(checks: pl.DataFrame, suite: str) -> bytes:
    """A test case for each row of the `CHECKS` schema; the same rows give the same bytes.

    What failed is a failure. What is unknown is an error and not skipped: a system that shows skipped tests
    as harmless would make an answer out of none. Control characters become visible escapes.
    """
    states = checks["state"].to_list()
    root = ET.Element(
        "testsuite",
        name=_clean(suite),
        tests=str(len(states)),
        failures=str(states.count("fail")),
        errors=str(states.count("unknown")),
        skipped="0",
    )
    for row in checks.iter_rows(named=True):
        case = ET.SubElement(root, "testcase", classname=_clean(suite), name=_clean(row["id"]), time="0")
        if outcome := _OUTCOMES.get(row["state"]):
            problem = ET.SubElement(case, outcome, message=_clean(row["evidence"]), type=row["state"])
            problem.text = _clean(f"{row['title']}: {row['evidence']}. To do: {row['what_to_do']}")
        else:
            ET.SubElement(case, "system-out").text = _clean(f"{row['title']}: {row['evidence']}")
    suites = ET.Element("testsuites")
    suites.append(root)
    ET.indent(suites)
    written: bytes = ET.tostring(suites, "utf-8", xml_declaration=True)
    return written + b"\n"


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", visible(text))
