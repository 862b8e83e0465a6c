"""Findings that stores give rise to."""

from audit.evidence.findings_of_stores import uncovered_findings
from parsers.logs.schema import FINDINGS
from parsers.stores.interface import Uncovered


def test_each_place_is_a_finding_of_its_product() -> None:
    """What no mapping expects is a finding of the store's own product, with a place and no line."""
    frame = uncovered_findings(
        [Uncovered("a.xml", "/project/secret", 3), Uncovered("octopus.sqlite", "Foo", 1)],
        {"a.xml": "cloudbees-cd", "octopus.sqlite": "octopus"},
    )
    assert frame.schema == FINDINGS
    assert frame.select("system", "kind", "subject", "source", "line").rows() == [
        ("cloudbees-cd", "uncovered", "/project/secret", "a.xml", None),
        ("octopus", "uncovered", "Foo", "octopus.sqlite", None),
    ]
