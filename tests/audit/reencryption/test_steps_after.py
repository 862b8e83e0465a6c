"""What people are told to do on every node."""

import pytest

from audit.cloudbees.product import CLOUDBEES_CD
from audit.octopus.product import OCTOPUS
from audit.product import KeyChange, Product
from audit.reencryption.advice import steps_after
from parsers.stores.default_mapping import DEFAULT_MAPPING
from tests.support.sealing import candidate, ring_of

OLD = candidate("old", bytes(range(1, 17)), current=True)
NEW = candidate("next", bytes(range(100, 132)))


def test_nothing_to_do_for_the_key_in_use() -> None:
    """Re-encrypted to what the server uses: it can simply start."""
    assert list(steps_after(KeyChange(ring_of(OLD, NEW), OLD, [], DEFAULT_MAPPING.history))) == []


@pytest.mark.parametrize("product", [CLOUDBEES_CD, OCTOPUS])
def test_no_key_in_the_words(product: Product) -> None:
    """Fingerprints and labels alone; the steps are the product's, and none is another's."""
    rekeyed = KeyChange(ring_of(OLD, NEW, product=product), NEW, [], DEFAULT_MAPPING.history)
    steps = list(steps_after(rekeyed))
    said = "\n".join(steps)
    for key in (OLD, NEW):
        content = key.content.reveal()
        assert content.hex() not in said
        assert str(content) not in said
    assert ("set-master-key" in said) is (product is OCTOPUS)
    assert ("conf/passkey" in said) is (product is CLOUDBEES_CD)
    assert steps[:-1] == list(product.rekeying.steps_after(rekeyed))
    assert "Keep the old key, the journal" in steps[-1]
