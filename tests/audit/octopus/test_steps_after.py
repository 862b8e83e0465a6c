"""What people are told to do on every node of Octopus, once its values lie under another master key."""

from audit.octopus.product import OCTOPUS
from audit.product import KeyChange
from audit.reencryption.advice import steps_after
from parsers.stores.default_mapping import DEFAULT_MAPPING
from tests.support.sealing import candidate, ring_of

OLD = candidate("old", bytes(range(1, 17)), current=True)
NEW = candidate("next", bytes(range(100, 132)))


def test_octopus() -> None:
    """Every node gets the key, and none keeps it in a history; CloudBees CD's files are not named."""
    ring = ring_of(OLD, NEW, product=OCTOPUS)
    said = "\n".join(steps_after(KeyChange(ring, NEW, [], DEFAULT_MAPPING.history)))
    assert "set-master-key" in said
    assert "show-master-key" in said
    assert "passkey" not in said
