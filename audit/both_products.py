"""One run over both products: each has a current key of its own."""

from collections.abc import Sequence
from dataclasses import replace

from audit.key_ring import Key, KeyRing, make_key_ring
from audit.layouts.known import OCTOPUS
from parsers.keys.key_file import KeyFile
from parsers.stores.interface import FingerprintSeen


def ring_of_both(
    files: Sequence[KeyFile], current: str | None, told: str | None, seen: Sequence[FingerprintSeen]
) -> KeyRing:
    """The candidates for stores of both products; master keys are Octopus', all others CloudBees CD's.

    Args:
        files: the candidates.
        current: label of the current key of either product, if the user said.
        told: label of the current master key, if a rotation report names it.
        seen: the fingerprints that the stores name.

    Raises:
        KeyRingError: no file is labelled `current`.
    """
    said = make_key_ring(files, current_label=current, seen=seen).current if current else None
    of_octopus = said is not None and _is_octopus(said)
    ring = make_key_ring(files, current_label=None if of_octopus else current, seen=seen)
    octopus = make_key_ring(
        [file for file in files if file.master_key],
        current_label=current if of_octopus else told,
        seen=(),
        said_by="you said" if of_octopus else "the rotation report says",
    )
    masters = _current(octopus)
    passkeys = _current(ring) - masters
    return KeyRing(
        tuple(
            replace(
                key,
                current=key.fingerprint in masters | passkeys,
                # A passkey in base64 or hex looks like a master key, until CloudBees CD's store names it.
                master_key=None if key.fingerprint in passkeys else key.master_key,
            )
            for key in ring.keys
        ),
        (*ring.remarks, f"Octopus Deploy: {octopus.remarks[-1]}"),
        ring.chosen,
    )


def _current(ring: KeyRing) -> set[str]:
    """The fingerprints of the current key and its twins."""
    return {key.fingerprint for key in ring.keys if key.current}


def ring_of_one(ring: KeyRing, system: str) -> KeyRing:
    """A ring of both products as one of them sees it: the other's current key is an older one at most."""
    keys = (
        replace(key, current=key.current and _is_octopus(key) == (system == OCTOPUS)) for key in ring.keys
    )
    return KeyRing(tuple(keys), ring.remarks, ring.chosen)


def _is_octopus(key: Key) -> bool:
    return key.master_key is not None
