"""What all nodes together cover."""

from audit.evidence.log_references import coverage
from parsers.logs.span import Span


def test_a_hole_is_where_no_node_has_anything() -> None:
    """What one node misses and another has is no hole; what both miss is."""
    first = Span("a", "01", "20", (("05", "10"), ("12", "18")))
    second = Span("b", "04", "11", ())
    together = coverage([first, second])
    assert (together.first, together.last, together.gaps) == ("01", "20", [("12", "18")])


def test_nothing_covers_nothing() -> None:
    """Without logs there is neither first nor last."""
    assert coverage([]).first == ""
