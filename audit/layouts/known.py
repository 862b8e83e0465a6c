"""The layouts that a product's values can have: one table, and which to try first."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Final

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding

CLOUDBEES_CD: Final = "cloudbees-cd"
OCTOPUS: Final = "octopus"

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


_OCTOPUS: Final = (
    Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE),
    Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.FRONT, Encoding.RAW, prefix=b"IV__"),
)
"""`base64(ciphertext)|base64(vector)` under the key as it is (docs, "Data encryption"); files of an offline
package drop as Calamari reads them."""


def published_layouts(system: str) -> tuple[Layout, ...]:
    """Layouts that need no evidence, since the vendor documents them."""
    return _OCTOPUS if system == OCTOPUS else ()


def known_layouts(system: str) -> tuple[Layout, ...]:
    """Every layout of the table for a product, those to try first in front.

    Octopus Deploy's are published.
    """
    if system == OCTOPUS:
        return _OCTOPUS
    return tuple(
        Layout(form, mode, iv, encoding, nonce_size=nonce, padding=padding)
        for padding, encoding, (mode, iv, nonce), form in product(Padding, Encoding, _SHAPES, _FROM_FILE)
        if mode is not Mode.GCM or padding is Padding.PKCS7  # GCM pads nothing
    )


def with_prefixes(layouts: Iterable[Layout], prefixes: Iterable[bytes]) -> tuple[Layout, ...]:
    """The same layouts behind each of these constant prefixes."""
    return tuple(replace(each, prefix=prefix) for prefix, each in product(prefixes, layouts))
