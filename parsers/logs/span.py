"""Which time the logs cover, node by node, and where there are holes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Final, NamedTuple

from parsers.logs.entry_heads import NEXT_ENTRY, Head, read_head
from parsers.logs.mask import mask_fields
from parsers.logs.period import is_moment, moment
from parsers.logs.search import SearchResult
from parsers.products import every_product

HOLE: Final = timedelta(hours=1)
"""Even an idle server logs every few minutes: an hour between two files is a hole."""


class FileSpan(NamedTuple):
    """What one file covers: the times of its first and last entry, as the log has them; whose it is."""

    node: str
    first: str
    last: str
    system: str


@dataclass(frozen=True, slots=True)
class Span:
    """What all files of a node cover.

    Attributes:
        node: the cluster node, or the host in the file's name, or "".
        first: time of the first entry.
        last: time of the last entry.
        gaps: holes of more than `HOLE` between files, as pairs (from, to).
    """

    node: str
    first: str
    last: str
    gaps: tuple[tuple[str, str], ...]


_HOSTS: Final = tuple(
    product.logs.host_in_path for product in every_product() if product.logs.host_in_path is not None
)


def covered_by(source: str, searched: SearchResult) -> FileSpan | None:
    """What a file covers, judged by the first and the last entry in its first and last bytes.

    None if no entry with a time begins there. `source` names the host where the entries do not.
    """
    whole = searched.size <= len(searched.tail)
    first = _first_entry(b"\n" + searched.head)
    last = _last_entry(b"\n" + searched.tail if whole else searched.tail) or first
    if first is None or last is None:
        return None
    return FileSpan(
        mask_fields(first.node or last.node) or _host(source), first.time, last.time, first.system
    )


def spans(files: Iterable[FileSpan], zone: tzinfo | None = None) -> tuple[Span, ...]:
    """The files joined, node by node, in order of the nodes' names; times without a zone are in `zone`."""
    by_node: dict[str, list[FileSpan]] = {}
    for file in files:
        by_node.setdefault(file.node, []).append(file)
    return tuple(_span(node, by_node[node], zone) for node in sorted(by_node))


def _span(node: str, files: list[FileSpan], zone: tzinfo | None) -> Span:
    files = sorted(files, key=lambda file: (moment(file.first, zone), moment(file.last, zone)))
    first, last = files[0].first, files[0].last
    gaps = []
    for file in files[1:]:
        if moment(file.first, zone) - moment(last, zone) > HOLE:
            gaps.append((last, file.first))
        last = max(last, file.last, key=lambda time: moment(time, zone))
    return Span(node, first, last, tuple(gaps))


_HEAD_LENGTH: Final = 1024
_NEAR: Final = 8192


def _first_entry(data: bytes) -> Head | None:
    return next((head for found in NEXT_ENTRY.finditer(data) if (head := _head(data, found.end()))), None)


def _last_entry(data: bytes) -> Head | None:
    for near in (data[-_NEAR:], data):
        heads = [found.end() for found in NEXT_ENTRY.finditer(near)]
        for position in reversed(heads):
            if head := _head(near, position):
                return head
    return None


def _head(data: bytes, position: int) -> Head | None:
    text = data[position : position + _HEAD_LENGTH].decode("utf-8", "backslashreplace")
    head = read_head(text.removeprefix("\ufeff"))
    return head if is_moment(head.time) else None


def _host(source: str) -> str:
    return next((found[-1] for pattern in _HOSTS if (found := pattern.findall(source))), "")
