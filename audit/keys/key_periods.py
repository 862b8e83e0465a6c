"""When each passkey was in use, from the server's history, and from exports and logs where that is silent."""

from collections.abc import Iterable, Sequence

from audit.keys.key_dates import comparable, is_history
from audit.keys.key_ring import KeyRing
from parsers.stores.interface import FingerprintSeen
from reports.summary import KeyPeriod


def key_periods(seen: Iterable[FingerprintSeen], ring: KeyRing) -> list[KeyPeriod]:
    """The periods in order of time, those without any date last.

    A server's history dates the last use of each passkey (KBEC-00497): a passkey came into use when the one
    before it was used last. The newest of the history is in use now.

    Args:
        seen: where fingerprints were met.
        ring: the key files that were given.
    """
    sightings = comparable(seen)
    history = _last_uses(each for each in sightings if is_history(each))
    periods = [
        KeyPeriod(
            fingerprint=fingerprint,
            label=_label(ring, fingerprint),
            begin=before,
            end=end,
            now=number == len(history),
            basis="history",
        )
        for number, ((fingerprint, end), before) in enumerate(
            zip(history, ["", *(end for _, end in history)], strict=False), start=1
        )
    ]
    known = {fingerprint for fingerprint, _ in history}
    others = dict.fromkeys(each.fingerprint for each in sightings if each.fingerprint not in known)
    periods += [_sighted(fingerprint, sightings, ring) for fingerprint in others]
    return sorted(periods, key=lambda period: (not period.end, period.end, period.fingerprint))


def _last_uses(history: Iterable[FingerprintSeen]) -> list[tuple[str, str]]:
    """Fingerprint and last use, in order of time: a passkey that came back counts with its latest date."""
    latest: dict[str, str] = {}
    for each in history:
        latest[each.fingerprint] = max(latest.get(each.fingerprint, ""), each.when)
    return sorted(latest.items(), key=lambda item: (item[1], item[0]))


def _sighted(fingerprint: str, sightings: Sequence[FingerprintSeen], ring: KeyRing) -> KeyPeriod:
    times = [each.when for each in sightings if each.fingerprint == fingerprint and each.when]
    return KeyPeriod(
        fingerprint=fingerprint,
        label=_label(ring, fingerprint),
        begin=min(times, default=""),
        end=max(times, default=""),
        now=False,
        basis="sightings",
    )


def _label(ring: KeyRing, fingerprint: str) -> str:
    key = ring.by_fingerprint(fingerprint)
    return key.label if key else ""
