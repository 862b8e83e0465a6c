"""A batch of stored values, and whose they are."""

import polars as pl
import pytest

from parsers.stores.interface import StoredValues
from parsers.stores.schema import STORED


def batch(*rows: tuple[str, str]) -> pl.DataFrame:
    blank = dict.fromkeys(STORED.names()) | {"value": b"x"}
    return pl.DataFrame([blank | {"system": system, "store": store} for system, store in rows], schema=STORED)


def test_a_batch_carries_its_product_and_store() -> None:
    """Those of its rows; an empty one is nobody's."""
    values = StoredValues(batch(("a", "one"), ("a", "one")))
    assert (values.system, values.store) == ("a", "one")
    nobodys = StoredValues(batch())
    assert (nobodys.system, nobodys.store) == ("", "")


@pytest.mark.parametrize("other", [("b", "one"), ("a", "two")])
def test_a_batch_of_two_products_or_stores_is_refused(other: tuple[str, str]) -> None:
    """Its values would be counted, tried and written as those of the first row."""
    with pytest.raises(ValueError, match="several products or stores"):
        StoredValues(batch(("a", "one"), other))
