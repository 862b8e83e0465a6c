"""New master keys, in the form that the product prints."""

import base64

import pytest

from audit.octopus.new_key import MASTER_KEY_BYTES, new_master_key
from parsers.octopus.keys.master_key import find_master_key


@pytest.mark.parametrize("bits", MASTER_KEY_BYTES)
def test_a_master_key_as_the_product_prints_it(bits: int) -> None:
    """Base64 and a line's end, of the length that was asked for; each time another."""
    made = [new_master_key(bits) for _ in range(50)]
    assert len(set(made)) == 50
    for each in made:
        found = find_master_key(each)
        assert found is not None
        assert 8 * len(found) == bits
        assert each.reveal() == base64.b64encode(found.reveal()) + b"\n"
