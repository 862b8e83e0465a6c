"""commander.log and its kin: server (clustered or not, 2013 to now), agents, repository, container start-up.

    2019-09-16T14:28:52.249 | INFO  | Thread-1 | | | | ServerStatus | serverStatusManager is running
    2019-09-05T13:25:42.317 | flow-server-7d9d8d844b-4x5xw | INFO  | Thread-1 | | | | Bootstrap | Initializing
    2019-09-10T20:51:22.275 | DEBUG | 0x7f3f1c5ea700 | Handling ping message
    2020-01-01T00:00:00.000 * ERROR: message

Layouts after KBEC-00173 and the vendor's own filebeat parser in cloudbees/cloudbees-examples.
"""

import re
from typing import Final

from parsers.logs.entry_layouts.interface import Head

START: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}"

LEVELS: Final = frozenset({"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"})

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", re.ASCII)
_TIME_LENGTH: Final = 23
_STARTUP: Final = re.compile(r" \* ([A-Z]+): ")
_SEPARATOR: Final = " | "
_FIELDS: Final = 7
"""After the time: level, thread, context, job, ndc, class, message; in a cluster the node comes first."""


def read_head(text: str) -> Head | None:
    """Time, node and level; column widths differ between versions, so fields are split and stripped.

    Whether the second field is a level or a node is decided by the set of levels: a node may be all capitals.
    """
    if not _TIME.match(text):
        return None
    time = text[:_TIME_LENGTH]
    if startup := _STARTUP.match(text, _TIME_LENGTH):
        level = startup[1] if startup[1] in LEVELS else ""
        return Head(time, "", level, startup.end())
    first_line = text.partition("\n")[0]
    fields = first_line[_TIME_LENGTH:].split(_SEPARATOR, _FIELDS + 1)
    names = [field.strip() for field in fields[1:3]]
    if names and names[0] in LEVELS:
        node, level = "", names[0]
        fields = first_line[_TIME_LENGTH:].split(_SEPARATOR, _FIELDS)
    elif len(names) > 1 and names[1] in LEVELS:
        node, level = names
    else:
        return Head(time, "", "", _TIME_LENGTH)
    return Head(time, node, level, len(first_line) - len(fields[-1]))
