"""Passkey fingerprints that stores name, in one form, so that their dates compare."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from parsers.stores.interface import FingerprintSeen

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")
_ATTRIBUTE: Final = " passkey attribute"
_EPOCH: Final = re.compile(r"\d{10}|\d{13}")


def comparable(seen: Iterable[FingerprintSeen]) -> list[FingerprintSeen]:
    """The same without doubles, in order of date: lower-case fingerprints, dates as ISO 8601 text or "".

    What is not 40 hex digits is left out: nothing can be found by it.
    """
    cleaned = {
        FingerprintSeen(each.where, each.fingerprint.strip().lower(), iso_date(each.when)) for each in seen
    }
    sound = [each for each in cleaned if _FINGERPRINT.fullmatch(each.fingerprint)]
    return sorted(sound, key=lambda each: (each.when, each.fingerprint, each.where))


def is_history(seen: FingerprintSeen) -> bool:
    """Whether the server's own history names it; databases differ in the case of a table's name."""
    return "ec_configuration_history" in seen.where.lower()


def is_export(seen: FingerprintSeen) -> bool:
    """Whether an export names it: the server that wrote an export need not be the one that is audited."""
    return seen.where.endswith(_ATTRIBUTE)


def export_path(seen: FingerprintSeen) -> str:
    """The export that names it, as stores are labelled."""
    return seen.where.removesuffix(_ATTRIBUTE)


def iso_date(when: str) -> str:
    """A date as a store or a log writes it, as ISO 8601.

    `2021-03-04 05:06:07` and seconds or milliseconds of the epoch (in UTC) are understood; other text stays
    as it is.
    """
    text = when.strip()
    if _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(text[:10]), tz=UTC)
        return moment.replace(tzinfo=None).isoformat()
    return re.sub(r"^(\d{4}-\d\d-\d\d) ", r"\1T", text)
