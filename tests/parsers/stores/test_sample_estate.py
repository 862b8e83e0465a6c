"""The sample estate's stores hold the same credentials, whatever their kind."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tests.parsers.stores.reading import rows

STORE = Path(__file__).parents[3] / "sample_logs" / "cloudbees-cd" / "store"


@pytest.mark.parametrize("name", ["export.xml.gz", "credentials.csv"])
def test_same_rows_as_the_export(name: str) -> None:
    """All columns but those that say where in which file."""
    found, expected = (rows(STORE / each).drop("store", "record") for each in (name, "export.xml"))
    assert expected.height > 100
    order = ["kind", "location", "value"]
    assert_frame_equal(found.sort(order), expected.sort(order))
