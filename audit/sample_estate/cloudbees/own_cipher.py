"""Values that plug-ins wrote after the upgrade, with a cipher and a key of their own.

Invented: no such plug-in is known. An audit must say of them that nothing can be said: their lengths are
multiples of 8 bytes and not of 16, which no layout of the other values gives, and no kept key is theirs.
"""

import base64
from typing import Final

from audit.sample_estate.cloudbees.ciphertext import foreign_value
from audit.sample_estate.cloudbees.inventory import Place
from audit.sample_estate.cloudbees.sealing import Sealed
from audit.sample_estate.dice import Dice

_SECRET_BYTES: Final = {"EC-EC2": 30, "EC-Artifactory": 21}
"""By plug-in: in base64 secrets of 40 and of 28 characters, values of 56 and of 40 bytes. Under 29 bytes they
would be too short for a nonce, a byte and a tag too, and so look cut off."""


def written_by_plugin(place: Place) -> Sealed | None:
    """What the plug-in stored over the product's value, if this is a configuration of such a plug-in."""
    size = _SECRET_BYTES.get(place.plugin)
    if size is None:
        return None
    key = Dice(f"key of the plug-in {place.plugin}").bytes(24)
    dice = Dice(f"configuration {place.location}")
    return Sealed(foreign_value(base64.b64encode(dice.bytes(size)), key, dice.bytes(8)), "unknown")
