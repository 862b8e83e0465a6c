"""The text that stands around an encoded value: `{AES}…`, `ENC(…)`, a JSON object with one long member."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Constant text around the encoded bytes; with `member`, a JSON object that holds them.

    Attributes:
        head: what every value begins with.
        tail: what every value ends with.
        member: the name of the JSON member whose string is the encoded value; its other members may differ
            from value to value. "" where the value is no JSON.
    """

    head: bytes = b""
    tail: bytes = b""
    member: str = ""

    @property
    def name(self) -> str:
        """A word for layouts' names, safe in every output: `{AES}`, `ENC()`, `json:data`."""
        if self.member:
            return f"json:{self.member}"
        return (self.head + self.tail).decode("ascii", "backslashreplace")


BARE: Final = Wrapper()
"""Nothing around it."""
