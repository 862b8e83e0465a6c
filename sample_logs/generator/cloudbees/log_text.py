"""Log entries as lines, in each of the product's layouts, with the position of every entry that matters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What an entry shows, in the words of the findings table. `project` "" is: not said."""

    kind: str
    subject_kind: str = ""
    subject: str = ""
    project: str = ""
    database_fingerprint: str = ""
    file_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry.

    Attributes:
        message: the rest of the first line, then continuation lines. A lone surrogate stands for a byte
            that is no UTF-8 (`surrogateescape`).
    """

    time: datetime
    level: str
    thread: str
    source_class: str
    message: str
    context: str = ""
    job: str = ""
    ndc: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a finding stands: `line` is 1-based, the entry's first; `node` "" where the layout has none."""

    finding: Finding
    time: str
    node: str
    level: str
    line: int


@dataclass(frozen=True, slots=True)
class LogText:
    """A log file: its bytes, and what is to be found in it."""

    content: bytes
    marks: list[Mark]


Layout = Callable[[Entry], str]


def stamp(moment: datetime) -> str:
    """`2021-02-06T09:14:03.118`."""
    return moment.isoformat(timespec="milliseconds")


def _fields(entry: Entry) -> str:
    return (
        f"{entry.level:<5} | {entry.thread:<30} | {entry.context:>8} | {entry.job:<36} | {entry.ndc:<75} | "
        f"{entry.source_class:<30} | {entry.message}"
    )


def unclustered(entry: Entry) -> str:
    """Eight fields: a server without a cluster, and the Java agent."""
    return f"{stamp(entry.time)} | {_fields(entry)}"


def clustered(node: str) -> Layout:
    """Nine fields: the node comes after the time."""
    return lambda entry: f"{stamp(entry.time)} | {node} | {_fields(entry)}"


def wrapper(entry: Entry) -> str:
    """`commander-service.log`: each line of a message stands behind a prefix of its own."""
    time = entry.time.strftime("%Y/%m/%d %H:%M:%S.") + f"{entry.time.microsecond // 1000:03}"
    return "\n".join(
        f"{entry.level:<6} | {entry.thread:<8} | {time} | {line}" for line in entry.message.split("\n")
    )


def agent(entry: Entry) -> str:
    """Four fields: the agent that is written in C++."""
    return f"{stamp(entry.time)} | {entry.level} | {entry.thread} | {entry.message}"


def node_log(node: str, entries: Iterable[Entry]) -> LogText:
    """The log of a node in a cluster."""
    return log_text(entries, clustered(node), node=node)


def log_text(entries: Iterable[Entry], layout: Layout, *, node: str = "") -> LogText:
    """The entries in the order of their times; those of the same time stay as given."""
    lines: list[str] = []
    marks: list[Mark] = []
    for entry in sorted(entries, key=lambda entry: entry.time):
        if entry.finding:
            marks.append(Mark(entry.finding, stamp(entry.time), node, entry.level, len(lines) + 1))
        lines += layout(entry).split("\n")
    return LogText("".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"), marks)
