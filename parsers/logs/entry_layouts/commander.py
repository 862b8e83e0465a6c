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
from parsers.logs.phrases import CLOUDBEES

START: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}"

LEVELS: Final = frozenset({"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"})

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", re.ASCII)
_TIME_LENGTH: Final = 23
_STARTUP: Final = re.compile(r" \* ([A-Z]+): ")
_SEPARATOR: Final = " | "
_FIELDS_CLUSTERED: Final = 8
"""Behind the time: node, level, thread, context, job, ndc, class, message; the node only in a cluster."""


def read_head(text: str) -> Head | None:
    """Time, node and level; column widths differ between versions, so fields are split and stripped.

    Whether the second field is a level or a node is decided by the set of levels: a node may be all capitals.
    """
    if not _TIME.match(text):
        return None
    time = text[:_TIME_LENGTH]
    if text.startswith(" * ", _TIME_LENGTH) and (startup := _STARTUP.match(text, _TIME_LENGTH)):
        level = startup[1] if startup[1] in LEVELS else ""
        return Head(time, "", level, startup.end(), CLOUDBEES)
    first_line = text if (end := text.find("\n")) < 0 else text[:end]
    fields = first_line.split(_SEPARATOR, _FIELDS_CLUSTERED)
    second = fields[1].strip() if len(fields) > 1 else ""
    if second in LEVELS:
        message = len(fields[-1])
        if len(fields) > _FIELDS_CLUSTERED:  # the message holds a separator
            message += len(_SEPARATOR) + len(fields[-2])
        return Head(time, "", second, len(first_line) - message, CLOUDBEES)
    third = fields[2].strip() if len(fields) > 2 else ""
    if third in LEVELS:
        return Head(time, second, third, len(first_line) - len(fields[-1]), CLOUDBEES)
    return Head(time, "", "", _TIME_LENGTH, CLOUDBEES)
