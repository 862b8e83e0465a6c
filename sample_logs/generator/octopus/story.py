"""The story that the Octopus estate tells: nodes, master keys, and what happened when. All of it is invented.

Two nodes share one database. In 2019 the first master key was lost; what was sealed under it has never been
entered again in the project Kiosk. On 14 May 2024 the key that followed was rotated on the first node. The
rotation left three extensions under it, and nobody ran `set-master-key` on the second node.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sample_logs.generator.dice import Dice

FIRST: Final = "octo-heron"
SECOND: Final = "octo-wren"

ROTATION: Final = datetime(2024, 5, 14, 21, 10)  # noqa: DTZ001 # the product's logs carry no time zone


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key and the label that the audit gives it; "" for one that nobody has."""

    label: str
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """As `show-master-key` prints it."""
        return base64.b64encode(self.content).decode()


LOST: Final = MasterKey("", Dice("octopus master key 2018").bytes(16))
BEFORE: Final = MasterKey("before", Dice("octopus master key 2019").bytes(16))
CURRENT: Final = MasterKey("heron", Dice("octopus master key 2024").bytes(32))
"""Rotations since 2024.4 make 256-bit keys."""

MACHINE_IDS: Final = {node: Dice(f"machine-id {node}").bytes(16).hex() for node in (FIRST, SECOND)}
