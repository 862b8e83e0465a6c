"""Malformed values of Octopus Deploy, each told apart."""

import base64

import polars as pl
import pytest

from audit.verdict import Verdict
from audit.verdicts.case import Case
from audit.verdicts.value_form import malformed

CIPHER = base64.b64encode(bytes(range(32))).decode()
VECTOR = base64.b64encode(bytes(range(16))).decode()

SHAPES = {
    CIPHER: Case.NO_BAR,
    f"{CIPHER}|{VECTOR}|{VECTOR}": Case.MORE_BARS,
    f"{CIPHER}|{VECTOR}|": Case.MORE_BARS,
    f"|{VECTOR}": Case.NO_CIPHERTEXT,
    f"{CIPHER[:-1]}|{VECTOR}": Case.BAD_BASE64,
    f"{CIPHER}|{VECTOR[:-2]}": Case.BAD_BASE64,
    f"!{CIPHER}|{VECTOR}": Case.BAD_BASE64,
    f"{CIPHER}|AAAA": Case.VECTOR_SIZE,
    f"{CIPHER}|": Case.VECTOR_SIZE,
    f"{base64.b64encode(bytes(24)).decode()}|{VECTOR}": Case.NO_BLOCKS,
    f"AAAA|{VECTOR}": Case.NO_BLOCKS,
    "pass|word": Case.NEVER_SEALED,
    "correct horse": Case.NEVER_SEALED,
    "|": Case.NEVER_SEALED,
    "\xff\xfe": Case.NEVER_SEALED,
}


@pytest.mark.parametrize(("value", "case"), SHAPES.items())
def test_shapes(value: str, case: Case) -> None:
    """Each shape has a case of its own; damaged is what shows that it was encrypted once."""
    found = Case(int(malformed(pl.Series([value.encode("latin-1")], dtype=pl.Binary))[0]))
    assert found is case
    expected = Verdict.PLAIN_TEXT if case is Case.NEVER_SEALED else Verdict.DAMAGED
    assert found.verdict is expected
