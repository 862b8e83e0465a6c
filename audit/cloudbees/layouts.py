"""The layouts that values of CloudBees CD can have."""

from itertools import product
from typing import Final

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding

_FROM_FILE: Final = tuple(form for form in KeyForm if form is not KeyForm.MASTER_KEY)

_SHAPES: Final = (
    (Mode.ECB, Iv.NONE, 0),
    (Mode.CBC, Iv.FRONT, 0),
    (Mode.CBC, Iv.ZERO, 0),
    (Mode.CBC, Iv.KEY, 0),
    (Mode.CBC, Iv.UNKNOWN, 0),
    (Mode.CBC, Iv.BESIDE, 0),
    (Mode.GCM, Iv.FRONT, 12),
    (Mode.GCM, Iv.FRONT, 16),
)
"""CloudBees CD publishes neither mode nor vector. Exports of versions 3.5 to 5.0 hold base64 of exactly 16
bytes, equal for equal passwords: ECB, or CBC with a vector that is not part of the value. The others are what
Java programs commonly do with AES."""

LAYOUTS: Final = tuple(
    Layout(form, mode, iv, encoding, nonce_size=nonce, padding=padding)
    for padding, encoding, (mode, iv, nonce), form in product(Padding, Encoding, _SHAPES, _FROM_FILE)
    if mode is not Mode.GCM or padding is Padding.PKCS7  # GCM pads nothing
)
"""All of them, those to try first in front."""
