"""Skipping is a value with a reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """An input, member or record that could not be read, wholly or from some point on.

    Attributes:
        path: the input as it was given.
        member: the rest of the position inside archives (`a.zip!/b.log` without the path), or "".
        offset: bytes (decompressed) or records that were read before it stopped, if known.
        reason: one line: what and why.
        partial: whether something of it was read and counts.
    """

    path: str
    member: str
    reason: str
    offset: int | None = None
    partial: bool = False
