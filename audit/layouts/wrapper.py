"""The text that stands around an encoded value: `{AES}…`, `ENC(…)`, a JSON object with one long member."""

from dataclasses import dataclass
from typing import Final

from audit.layouts.json_member import JsonMember


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

    def content(self, value: bytes) -> bytes:
        """What is wrapped.

        Raises:
            ValueError: the value is not wrapped so.
        """
        if self.member:
            return JsonMember.of(value, self.member).text.encode()
        if not self._stands_around(value):
            raise ValueError("other text around it")
        return value[len(self.head) : len(value) - len(self.tail)]

    def around(self, content: bytes, old: bytes | None) -> bytes:
        """The content wrapped; of a JSON object the one that `old` is, with this string alone exchanged.

        Raises:
            ValueError: JSON, and there is no old value that is such an object: what else stands in it cannot
                be known.
        """
        if not self.member:
            return self.head + content + self.tail
        if old is None:
            raise ValueError("no object to write it into")
        return JsonMember.of(old, self.member).exchanged(content.decode("ascii"))

    def _stands_around(self, value: bytes) -> bool:
        long_enough = len(value) >= len(self.head) + len(self.tail)
        return long_enough and value.startswith(self.head) and value.endswith(self.tail)


BARE: Final = Wrapper()
"""Nothing around it."""
