"""The forms of values: malformed ones of Octopus Deploy told apart, and what a population shows."""

import base64

import numpy as np
import polars as pl
import pytest

from audit.layouts.layout import BLOCK
from audit.verdict import Verdict
from audit.verdicts.case import Case
from audit.verdicts.value_form import Forms, Population, ValueForm, malformed

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


def population(
    opened: int = 40, *, fitting: tuple[int, ...] = (), misfits: tuple[int, ...] = (), marked: int = 0,
    odd_key: bool = False, shortest: int = 16,
) -> Population:  # fmt: skip
    form = (
        [ValueForm.FITTING] * len(fitting) + [ValueForm.MISFIT] * len(misfits) + [ValueForm.MARKED] * marked
    )
    sizes = [*fitting, *misfits, *[40] * marked]
    single = np.array(sizes) == BLOCK
    forms = Forms(np.array(form, np.uint8), np.array(sizes, np.int64), single)
    return Population(opened, shortest, opened, 0, forms, odd_key)


def test_one_value_alone_can_be_lost() -> None:
    """It fits what all others are written in."""
    assert population(fitting=(32,)).shows_loss


@pytest.mark.parametrize(
    "doubtful",
    [
        population(0, fitting=(32,)),  # nothing shows the layout
        population(fitting=(32,), odd_key=True),  # a passphrase that opens nothing may open it
        population(fitting=(32, 16), misfits=(24, 40, 56)),  # blocks of eight bytes
        population(fitting=(48,) * 20),  # longer than anything of the layout need be: a salt in front?
        population(fitting=(32,), marked=1),
        population(fitting=(32,), misfits=tuple(range(17, 31))),
    ],
)
def test_what_is_not_lost_for_certain(doubtful: Population) -> None:
    """Another layout that nobody knows may be at work among these."""
    assert not doubtful.shows_loss


def test_few_misfits_are_damaged_and_many_are_not() -> None:
    """One in twenty may be cut off; a whole population is a layout."""
    assert population(misfits=(25,)).few_misfits
    assert population(misfits=(25, 17)).few_misfits
    assert not population(misfits=(25, 17, 21)).few_misfits
    assert not population(4, misfits=(25,)).few_misfits
    assert not population(misfits=(24,)).few_misfits  # three blocks of eight bytes


def test_text_needs_many_texts() -> None:
    """What is no text is unlike its store only where nearly all of it is text."""
    forms = Forms(np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    assert Population(100, 16, 96, 4, forms, odd_key=False).of_text
    assert not Population(100, 16, 60, 40, forms, odd_key=False).of_text
    assert not Population(5, 16, 5, 0, forms, odd_key=False).of_text
