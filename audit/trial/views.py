"""Stored values as bytes: one view for each way of writing them down."""

import re
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from audit.layouts.layout import BLOCK, Encoding, Iv, KeyForm, Layout
from audit.layouts.wrapper import BARE, Wrapper

_POLARS_NAME: Final[dict[Encoding, Literal["base64", "hex"]]] = {
    Encoding.BASE64: "base64",
    Encoding.HEX: "hex",
}

_BASE64_PADDING: Final = pl.Series(["", "===", "==", "="])
"""By the length of the text modulo 4; three are never right, and decode to nothing."""

_WHITE_SPACE: Final = " \t\n\r\x0b\x0c"
"""ASCII's alone: no encoder and no formatter puts a no-break space around a value."""

_LINE_BREAKS: Final = r"[ \t\x0b\x0c]*[\r\n][ \t\r\n\x0b\x0c]*"
"""With the white space around them: formatters indent the lines."""
_PLAIN_NAME: Final = re.compile(r"[\w.$ -]+")
"""Members that a JSON path names without escapes."""


@dataclass(frozen=True, slots=True)
class View:
    """A way of reading values as bytes.

    With `beside`, the initialization vector stands in the `iv` column or, where that is empty, after a `|`
    in the value; it is put in front, so that the ciphers see one form only. The `wrapper` stands around the
    value, vector after a `|` included; a vector in its own column has none.

    Base64 may lack its padding, as Java's `Base64.Encoder.withoutPadding` writes it, unless `padded_only`:
    Octopus Deploy reads with .NET's `Convert.FromBase64String`, which takes no other (Microsoft's reference).
    """

    encoding: Encoding
    beside: bool = False
    wrapper: Wrapper = BARE
    padded_only: bool = False

    @classmethod
    def of(cls, layout: Layout) -> "View":
        """The view in which `layout` reads."""
        padded_only = layout.key_form is KeyForm.MASTER_KEY
        return cls(layout.encoding, layout.iv is Iv.BESIDE, layout.wrapper, padded_only)


class Views:
    """The values of one batch, decoded once in each way that is asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Take a frame with the columns `value` and `iv`, both Binary."""
        self.frame = frame
        self._decoded: dict[View, pl.Series] = {}
        self._bare: dict[Wrapper, pl.Series] = {BARE: frame["value"]}

    def __getitem__(self, view: View) -> pl.Series:
        """The values as bytes; null where one is not written in this way."""
        if view not in self._decoded:
            self._decoded[view] = self._decode(view)
        return self._decoded[view]

    def _decode(self, view: View) -> pl.Series:
        if view.wrapper not in self._bare:
            self._bare[view.wrapper] = _unwrapped(self.frame["value"], view.wrapper)
        value = self._bare[view.wrapper]
        if view.beside:
            return self._decode_beside(value, view)
        return _decode(value, view)

    def _decode_beside(self, value: pl.Series, view: View) -> pl.Series:
        """Vector and ciphertext in one piece, from two columns or from both sides of a `|`."""
        vector = self.frame["iv"]
        text = _text(value)
        no_column = (vector.bin.size() == 0).fill_null(value=True)
        in_value = no_column & (text.str.count_matches("|", literal=True).fill_null(0) == 1)
        parts = text.set(~in_value, None).str.split_exact("|", 1).struct.unnest()
        cipher = parts["field_0"].cast(pl.Binary).zip_with(in_value, value.set(no_column, None))
        front = parts["field_1"].cast(pl.Binary).zip_with(in_value, vector)
        if view.encoding is not Encoding.RAW:  # 16 random bytes may happen to be text
            front = _decode(front, view)
        # A vector of another size is not a vector; null stays null through the concatenation.
        return front.set((front.bin.size() != BLOCK).fill_null(value=True), None) + _decode(cipher, view)


def _unwrapped(values: pl.Series, wrapper: Wrapper) -> pl.Series:
    """What stands inside the wrapper; null where a value is not wrapped so."""
    if wrapper.member:
        return _json_strings(values, wrapper.member)
    head, tail = len(wrapper.head), len(wrapper.tail)
    value = pl.col("value")
    held = value.bin.starts_with(wrapper.head) & value.bin.ends_with(wrapper.tail)
    held &= value.bin.size() >= head + tail
    inside = value.bin.slice(head, value.bin.size() - (head + tail))
    return pl.DataFrame({"value": values}).select(pl.when(held).then(inside).alias("value"))["value"]


def _json_strings(values: pl.Series, member: str) -> pl.Series:
    """The string of this name in each JSON object; only what begins with a `{` is parsed at all."""
    objects = _text(values.set(~values.bin.starts_with(b"{"), None))
    if not objects.is_not_null().any() or not _PLAIN_NAME.fullmatch(member):
        return pl.Series(values.name, [None], pl.Binary).new_from_index(0, values.len())
    return objects.str.json_path_match(f'$["{member}"]').cast(pl.Binary)


def _decode(written: pl.Series, view: View) -> pl.Series:
    encoding = view.encoding
    if encoding is Encoding.RAW:
        return _without_text(written)
    if encoding is Encoding.BASE64_URL:
        return _decode_url_safe(_text(written))
    name = _POLARS_NAME[encoding]
    decoded = written.bin.decode(name, strict=False)
    failed = decoded.is_null() & written.is_not_null()
    if failed.any():  # for white space, say; cleaning all of them takes longer than decoding
        text = _text(written.set(~failed, None))
        if encoding is Encoding.BASE64 and not view.padded_only:
            text = _with_padding(text)
        decoded = decoded.zip_with(~failed, text.str.decode(name, strict=False))
    return decoded


def _with_padding(text: pl.Series) -> pl.Series:
    """Base64 that has no padding at all, with it; one `=` of two is damage, and stays as it is."""
    padding = _BASE64_PADDING.gather(text.str.len_bytes() % 4)
    return text.zip_with(text.str.ends_with("=").fill_null(value=True), text + padding)


def _decode_url_safe(text: pl.Series) -> pl.Series:
    """RFC 4648, section 5: padded or not; text with `+` or `/` is of the standard alphabet instead."""
    own_alphabet = text.set(text.str.contains("[+/]"), None)
    standard = own_alphabet.str.replace_all("-", "+", literal=True).str.replace_all("_", "/", literal=True)
    bare = standard.str.strip_chars_end("=")
    padded = bare + _BASE64_PADDING.gather(bare.str.len_bytes() % 4)
    written = padded.set((standard != padded) & (standard != bare), None)  # some of the padding, or too much
    return written.str.decode("base64", strict=False)


def _text(written: pl.Series) -> pl.Series:
    """Bytes as text without the line breaks that encoders and formatters put in; null if not text."""
    try:
        text = written.cast(pl.String)
    except pl.exceptions.ComputeError:  # some are raw bytes, which no written form has
        ascii_only = [value if value is not None and value.isascii() else None for value in written]
        text = pl.Series(written.name, ascii_only, pl.Binary).cast(pl.String)
    text = text.str.strip_chars(_WHITE_SPACE)
    if text.str.contains(r"[\r\n]").any():
        return text.str.replace_all(_LINE_BREAKS, "")
    return text


def _without_text(written: pl.Series) -> pl.Series:
    """Raw ciphertext is hardly ever valid UTF-8 (16 random bytes are about once in 30,000 times)."""
    try:
        written.cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series(
            written.name, [v if v is None or not _is_text(v) else None for v in written], pl.Binary
        )
    return pl.Series(written.name, [None], pl.Binary).new_from_index(0, written.len())


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
