"""commander.log and its kin: server (clustered or not, 2013 to now), agents, repository, container start-up.

    2019-09-16T14:28:52.249 | INFO  | Thread-1 | | | | ServerStatus | serverStatusManager is running
    2019-09-05T13:25:42.317 | flow-server-7d9d8d844b-4x5xw | INFO  | Thread-1 | | | | Bootstrap | Initializing
    2019-09-10T20:51:22.275 | DEBUG | 0x7f3f1c5ea700 | Handling ping message
    2020-01-01T00:00:00.000 * ERROR: message

Layouts after KBEC-00173 and the vendor's own filebeat parser in cloudbees/cloudbees-examples.
"""

import re
from typing import Final

from parsers.cloudbees import ID
from parsers.logs.entry_layout import Head

START: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}"

LEVELS: Final = frozenset({"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"})

# Tools that copy logs put further digits and a zone after it: 2021-03-04T05:06:07.089123456Z
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\d{0,6}(Z|[+-]\d\d:\d\d))?", re.ASCII)
_TIME_LENGTH: Final = 23
_STARTUP: Final = re.compile(r" \* ([A-Z]+): ")
_SEPARATOR: Final = " | "
_FIELDS_CLUSTERED: Final = 8
"""Behind the time: node, level, thread, context, job, ndc, class, message; the node only in a cluster."""

_LONGEST_FIELDS: Final = 2048
"""Characters before a message; what is longer is not fields, and all of it counts as message."""


def read_head(text: str) -> Head | None:
    """Time, node and level; column widths differ between versions, so fields are split and stripped.

    Whether the second field is a level or a node is decided by the set of levels: a node may be all capitals.
    """
    found = _TIME.match(text)
    if found is None:
        return None
    time = text[:_TIME_LENGTH] + (found[1] or "")
    time_end = found.end()
    if text.startswith(" * ", time_end) and (startup := _STARTUP.match(text, time_end)):
        level = startup[1] if startup[1] in LEVELS else ""
        return Head(time, "", level, startup.end(), ID)
    end = text.find("\n")
    first_line = text if end < 0 else text[:end]
    fields = first_line.split(_SEPARATOR, _FIELDS_CLUSTERED)
    second = fields[1].strip() if len(fields) > 1 else ""
    third = fields[2].strip() if len(fields) > 2 else ""
    message = len(fields[-1])
    if second in LEVELS:
        node, level = "", second
        if len(fields) > _FIELDS_CLUSTERED:  # the message holds a separator
            message += len(_SEPARATOR) + len(fields[-2])
    elif third in LEVELS:
        node, level = second, third
    else:
        return Head(time, "", "", time_end, ID)
    message_at = len(first_line) - message
    if message_at > _LONGEST_FIELDS:
        return Head(time, "", "", time_end, ID)
    return Head(time, node, level, message_at, ID)
