"""OctopusServer.txt and its daily archives.

    2023-03-23 12:25:07.6074   3804      5 FATAL  Unhandled AppDomain exception occurred: …

The layout is `${longdate}  ${processid:padding=5}  ${threadid:padding=5} ${level:padding=5}  ${message}`;
later versions put `Z` or an offset after the date.
"""

import re
from typing import Final

from parsers.logs.entry_layout import Head
from parsers.octopus import ID

_PREFIX: Final = (
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\d(Z| [+-]\d\d:\d\d)?"
    r"[ \t]{1,8}\d{1,10}[ \t]{1,8}\d{1,10}[ \t]{1,8}(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)[ \t]"
)

START: Final = _PREFIX.encode()

_HEAD: Final = re.compile(_PREFIX, re.ASCII)


def read_head(text: str) -> Head | None:
    """Time, cut to milliseconds, and level; Octopus names no node."""
    head = _HEAD.match(text)
    if head is None:
        return None
    day, clock, zone, level = head.groups()
    return Head(f"{day}T{clock}{(zone or '').strip()}", "", level, head.end(), ID)
