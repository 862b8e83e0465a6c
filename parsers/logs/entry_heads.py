"""The heads of log entries, in whichever product's layout."""

import re
from typing import Final

from parsers.logs.entry_layout import EntryLayout, Head
from parsers.products import every_product

__all__ = ["END_OF_UNKNOWN", "ENTRY_START", "LONGEST_START", "NEXT_ENTRY", "Head", "read_head"]

_LAYOUTS: Final[tuple[EntryLayout, ...]] = tuple(
    layout for product in every_product() for layout in product.logs.layouts
)

# Logs joined by `cat` have their byte-order marks in the middle.
_START: Final = b"(?:\xef\xbb\xbf)?(?:" + b"|".join(layout.START for layout in _LAYOUTS) + b")"

ENTRY_START: Final = re.compile(_START)
"""Matches at the first byte of a line that begins an entry; every other line continues the one before."""

NEXT_ENTRY: Final = re.compile(b"\\n(?=" + _START + b")")
"""Matches the line end before the next entry."""

END_OF_UNKNOWN: Final = re.compile(rb"\n(?![ \t]|Caused by: |\.\.\. \d|[-*] )")
"""Matches the line end after an entry of unknown layout: what follows neither is indented nor reads as the
rest of a stack trace or of a list."""

LONGEST_START: Final = 96
"""Bytes of a line that decide whether it begins an entry: no start pattern looks further."""


def read_head(text: str) -> Head:
    """What the first line of an entry says; an unknown layout is all message."""
    for layout in _LAYOUTS:
        head = layout.read_head(text)
        if head is not None:
            return head
    return Head("", "", "", 0, "")
