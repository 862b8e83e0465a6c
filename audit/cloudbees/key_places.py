"""Where CloudBees CD keeps its passkey."""

from collections.abc import Iterator

from audit.keys.key_dates import comparable, is_export, is_history
from audit.readiness.estate import Estate


def key_places(estate: Estate) -> Iterator[tuple[str, str]]:
    """Which key stands where, by the SHA-1 of the whole file (KBEC-00497).

    Each node's `conf`, ZooKeeper, the newest row of `ec_configuration_history`, the `passkey` of exports.
    """
    for place in estate.key_places:
        yield place.file.fingerprint, place.where
    seen = comparable(estate.stores.fingerprints)
    history = [each for each in seen if is_history(each)]
    for each in history[-1:]:
        yield each.fingerprint, each.where
    for each in filter(is_export, seen):
        yield each.fingerprint, each.where
