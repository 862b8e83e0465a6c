"""How an entry of a kind of log begins: what a layout is, and what it reads of an entry."""

from typing import NamedTuple, Protocol


class EntryLayout(Protocol):
    """A module of a product's room, one for each kind of its logs."""

    @property
    def START(self) -> bytes:  # noqa: N802 - a module's constant
        """Pattern for the first bytes of an entry; looks at no more than `LONGEST_START` of them."""
        ...

    def read_head(self, text: str, /) -> "Head | None":
        """What the entry says before its message, or None if this is not its layout."""
        ...


class Head(NamedTuple):
    """The fields before the message that findings show.

    Attributes:
        time: ISO 8601 with milliseconds, as the log has it, with an offset only if the log has one; or "".
        node: the cluster node, or "".
        level: TRACE to FATAL, or "".
        message_at: where the message begins in the entry's text.
        system: the product that writes such entries, or "".
    """

    time: str
    node: str
    level: str
    message_at: int
    system: str
