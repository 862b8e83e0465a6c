"""The story that the sample estate tells: servers, passkeys, and what happened when. All of it is invented.

Two nodes share one database. Years ago two projects were imported from the build farm's server and two
from the labs' server; an import does not encrypt again, so those values stayed under the passkeys of the
servers that they came from. On 6 February 2021 the cluster was upgraded from 9.1 to 9.2 with the hotfix of
KBEC-00441: it made a new 256-bit passkey, encrypted again what it could open, and skipped the rest.
The build farm's passkey was found in a backup. The labs' server is long gone, and its passkey with it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sample_logs.generator.dice import Dice

PRIMARY: Final = "cd-kestrel"
SECOND: Final = "CDMERLIN"  # all capitals, as Windows names its hosts

UPGRADE_DAY: Final = datetime(2021, 2, 6)  # noqa: DTZ001 # the product's logs carry no time zone
EXPORT_DAY: Final = datetime(2021, 3, 22)  # noqa: DTZ001 # as above

BUNDLE_PASSWORD: Final = b"sample-bundle-2021"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey file: the name that it has in `keys/`, and its bytes."""

    label: str
    content: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-1 of the whole file, as the product prints it (KBEC-00497)."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


def _passkey(label: str, size: int) -> Passkey:
    return Passkey(label, Dice(f"passkey file {label}").bytes(size))


CURRENT: Final = _passkey("passkey", 32)
OLDER: Final = _passkey("passkey-9.1", 16)
BUILD_FARM: Final = _passkey("passkey-build-farm", 16)
LABS: Final = _passkey("passkey-labs", 16)

KEPT: Final = (CURRENT, OLDER, BUILD_FARM)
"""The passkeys that the estate still has; that of the labs' server is missing, as in life."""


def hours_after(start: datetime, hours: float) -> datetime:
    """That many hours later, to the millisecond."""
    return start + timedelta(milliseconds=round(hours * 3_600_000))
