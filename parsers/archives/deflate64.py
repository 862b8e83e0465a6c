"""deflate64, where the optional package inflate64 is installed."""

from typing import TYPE_CHECKING

from parsers.archives.frames import Codec, Decompressor
from parsers.errors import UnsupportedMethodError

if TYPE_CHECKING:
    import inflate64

_STEP = 256
"""The package has no limit on what a call gives out; 256 bytes cannot become more than 8 MB."""


def deflate64() -> Codec:
    """Method 9 of a zip."""
    try:
        import inflate64
    except ImportError as error:
        raise UnsupportedMethodError(
            "compression method 9 (deflate64) is not supported", hint="install the package inflate64"
        ) from error

    def begin(_head: bytes, _notes: list[str]) -> Decompressor:
        return _Deflate64(inflate64.Inflater())

    return Codec("deflate64", begin)


class _Deflate64:
    """The package's inflater, with the manners of the standard library's decompressors."""

    def __init__(self, inner: "inflate64.Inflater") -> None:
        self._inner = inner
        self._input = b""
        self._output = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof) and not self._output

    @property
    def needs_input(self) -> bool:
        return not (self._input or self._output)

    @property
    def unused_data(self) -> bytes:
        return self._input

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        self._input += data
        while not self._output and self._input and not self._inner.eof:
            step, self._input = self._input[:_STEP], self._input[_STEP:]
            self._output = self._inner.inflate(step)
        piece, self._output = self._output[:max_length], self._output[max_length:]
        return piece
