"""Foreign text on a terminal: what would act on it is shown instead."""

from typing import Final

_ACTIVE: Final = (
    *range(0x20),  # control characters: escape sequences, OSC 8 links, line breaks that forge rows
    *range(0x7F, 0xA0),  # DELETE and C1, where 0x9b is another way to write ESC [
    0xAD,  # soft hyphen
    0x61C,  # Arabic letter mark
    *range(0x200B, 0x2010),  # zero width, left-to-right and right-to-left marks
    *range(0x2028, 0x202F),  # line and paragraph separator, bidirectional embedding and override
    *range(0x2060, 0x2070),  # word joiner, bidirectional isolates, deprecated formatting
    0xFEFF,  # byte-order mark
    *range(0xD800, 0xE000),  # lone surrogates cannot be encoded
    *range(0xE0000, 0xE0080),  # invisible tags
)
_SHORT: Final = {0x09: r"\t", 0x0A: r"\n", 0x0D: r"\r"}


def _escape(point: int) -> str:
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


_TABLE: Final = {point: _SHORT.get(point) or _escape(point) for point in _ACTIVE}


def visible(text: str, encoding: str = "utf-8") -> str:
    r"""The text in one line, with escapes such as `\x1b` or `\u202e` in place of what a terminal obeys.

    What `encoding` cannot express is escaped too. A backslash stays as it is: the result is for reading,
    not for reading back.
    """
    return text.translate(_TABLE).encode(encoding, "backslashreplace").decode(encoding)
