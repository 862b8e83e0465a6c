"""The `passkey` attribute of an export: the fingerprint of the passkey under which it was sealed."""

import re
from typing import Final

from parsers.errors import StoreError
from parsers.stores.rewriting.spelling import Characters, characters_of

_ROOT: Final = re.compile(
    r"(?s)(?:\ufeff|\xef\xbb\xbf)?+(?:\s++|<\?.*?\?>|<!--.*?-->)*+<exportedData(?=[\s/>])"
)
_ATTRIBUTE: Final = re.compile(r"""\s++([^\s=<>/"']++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
# <exportedData version="63" buildVersion="5.0.1.73229" passkey="95daec80877f164f13935bac14adde8cf636fe7b">
_END: Final = re.compile(r"\s*+/?>")


def passkey_attribute(head: bytes) -> tuple[int, int] | None:
    """From which byte to which the attribute's value stands; None if the root element has none.

    Args:
        head: the first bytes of the export, decompressed.

    Raises:
        StoreError: the root element's tag does not end within them.
    """
    characters = characters_of(head)
    text = head.decode(characters.value, "replace")
    root = _ROOT.match(text)
    at = root.end() if root else 0
    while root and (attribute := _ATTRIBUTE.match(text, at)):
        if attribute[1] == "passkey":
            start, end = attribute.span(2)
            return _offset(text, start + 1, characters), _offset(text, end - 1, characters)
        at = attribute.end()
    if root is None or not _END.match(text, at):
        raise StoreError(f"the tag of the root element does not end within the first {len(head)} bytes")
    return None


def _offset(text: str, at: int, characters: Characters) -> int:
    return len(text[:at].encode(characters.value))
