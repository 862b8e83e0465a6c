"""The service wrapper's log, `commander-service.log` or `service.log`.

    INFO   | jvm 1    | 2019/09/05 13:25:31.469 | WrapperManager: Initializing...

The wrapper puts its prefix before every line that the server prints, those of a stack trace too: a line whose
text is a frame or a cause continues the entry before it.
"""

import re
from typing import Final

from parsers.cloudbees import ID
from parsers.cloudbees.logs.commander import LEVELS
from parsers.logs.entry_layout import Head

_PREFIX: Final = (
    r"([A-Z]{4,6}) {0,4}\| (?:wrapper|jvm \d{1,4}) {0,6}\| (\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d\.\d{3}) \| "
)

START: Final = _PREFIX.encode() + rb"(?![ \t]{1,8}at |Caused by: |[ \t]{0,8}\.\.\. \d)"

_HEAD: Final = re.compile(_PREFIX, re.ASCII)


def read_head(text: str) -> Head | None:
    """Time and level; the wrapper knows no node."""
    head = _HEAD.match(text)
    if head is None:
        return None
    level, year, month, day, clock = head.groups()
    return Head(f"{year}-{month}-{day}T{clock}", "", level if level in LEVELS else "", head.end(), ID)
