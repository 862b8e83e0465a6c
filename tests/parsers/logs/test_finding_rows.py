"""Findings become columns in batches, and none is lost or doubled on the way."""

import pytest

from parsers.logs.finding import Finding, Interpreter
from parsers.logs.finding_rows import FindingRows
from parsers.logs.phrases import DEFAULT
from parsers.logs.schema import FINDINGS
from parsers.logs.search import RawEntry

ENTRY = b"2021-03-04T05:06:07.089 | n1 | WARN  | T-1 |  |  |  | C | Can not decrypt user 'u'\n"


def finding(line: int) -> Finding:
    found = Interpreter(DEFAULT).finding(RawEntry(0, line, ENTRY, whole=True))
    assert found is not None
    return found


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 9000])
def test_rows_of_several_streams(count: int) -> None:
    """Every row of every stream is there once, wherever the batches end; who handed over has nothing left."""
    found = finding(7)
    together = FindingRows()
    for source in ("a.log", "b.log"):
        rows = FindingRows()
        for line in range(count):
            rows.add(source, found._replace(line=line))
        together.take(rows)
        assert rows.frame().is_empty()
    frame = together.frame()
    assert frame.schema == FINDINGS
    expected = [(source, line) for source in ("a.log", "b.log") for line in range(count)]
    assert sorted(frame.select("source", "line").rows()) == expected
    assert frame.select("subject", "message").unique().rows() == [("u", ENTRY.decode().rstrip())] * bool(
        count
    )
