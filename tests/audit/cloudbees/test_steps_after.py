"""What people are told to do on every node of CloudBees CD, once its values lie under another passkey."""

from collections.abc import Sequence

from audit.product import KeyChange
from audit.reencryption.advice import steps_after
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import FingerprintSeen
from parsers.stores.mapping import HistoryTable
from tests.support.sealing import candidate, ring_of

OLD = candidate("old", bytes(range(1, 17)), current=True)
NEW = candidate("next", bytes(range(100, 132)))
RING = ring_of(OLD, NEW)
TABLE = "ec_configuration_history"


def steps(seen: Sequence[FingerprintSeen] = (), history: HistoryTable = DEFAULT_MAPPING.history) -> list[str]:
    return list(steps_after(KeyChange(RING, NEW, seen, history)))


def test_cloudbees_in_its_order() -> None:
    """Stopped, key everywhere, history, one node, the others, and nothing thrown away too early."""
    said = steps([FingerprintSeen(TABLE, OLD.fingerprint, "2026-01-01")])
    words = [
        "stopped",
        "conf/passkey",
        "database.properties",
        TABLE,
        "Start one node",
        "other nodes",
        "Audit",
    ]
    assert len(said) == len(words)
    for step, word in zip(said, words, strict=True):
        assert word in step
    assert NEW.fingerprint in said[1]
    assert "ZooKeeper" in said[1]
    assert f"still names {OLD.fingerprint}" in said[3]
    assert f"to {NEW.fingerprint}" in said[3]
    assert DEFAULT_MAPPING.history.fingerprints[0] in said[3]
    assert "Keep the old key, the journal" in said[6]


def test_the_newest_row_of_the_history_counts() -> None:
    """However the rows came, and whatever exports name."""
    seen = [
        FingerprintSeen(TABLE, "1" * 40, "2024-05-05 10:00:00"),
        FingerprintSeen("a.xml passkey attribute", "3" * 40, ""),
        FingerprintSeen(TABLE, "2" * 40, "2026-05-05 10:00:00"),
        FingerprintSeen(TABLE, "4" * 40, "2025-05-05 10:00:00"),
    ]
    said = "\n".join(steps(seen))
    assert f"still names {'2' * 40}" in said
    assert "1" * 40 not in said


def test_the_history_names_the_target_already() -> None:
    """Then nothing is to be done there."""
    said = steps([FingerprintSeen(TABLE, NEW.fingerprint, "2026-01-01")])
    assert not any(TABLE in step for step in said)


def test_without_a_history_the_current_key_is_named() -> None:
    """An export was re-encrypted, or the table could not be read: the step stands all the same."""
    assert any(f"still names {OLD.fingerprint}" in step for step in steps())


def test_a_history_by_another_name() -> None:
    """As the mapping file names it."""
    history = DEFAULT_MAPPING.history.model_copy(update={"table": "history"})
    said = steps([FingerprintSeen("history", "5" * 40, "2026-01-01")], history)
    assert any(f"The table history still names {'5' * 40}" in step for step in said)
