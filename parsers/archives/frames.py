"""Compressed streams that consist of frames: one decompressor after another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from parsers.archives.interface import ByteStream, LeftOut
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError

INPUT: Final = 1 << 17
"""Compressed bytes a read: more is not faster, and each read takes the interpreter's lock."""

PIPED_INPUT: Final = 1 << 12
"""The same where a stream cannot be read twice, so that a fault loses little."""

CAREFUL: Final = 1 << 11
"""The same after the last sound position once there is a fault: at most this much is read byte by byte,
which is slow."""

_LONGEST_HEADER: Final = 18


class Decompressor(Protocol):
    """The interface that the decompressors of bz2, lzma, zstd and isal share."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it has no more output before new input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the frame."""
        ...

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        """Up to `max_length` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """How frames of one kind are read.

    Attributes:
        name: the name in messages.
        begin: makes the decompressor of a frame from its first bytes (up to 18), and may add notes; raises
            `ArchiveError` for a frame that is refused.
        begins: whether a frame begins here; None where there can be only one.
        padding: whether there may be zeros between and after frames.
        too_large: the library's words for a frame that needs more memory than allowed.
    """

    name: str
    begin: Callable[[bytes, list[str]], Decompressor]
    begins: Callable[[bytes], bool] | None = None
    padding: bool = False
    too_large: str = ""


class FrameStream:
    """The content of all frames of `raw`, one after another.

    A library that meets a fault discards what the same call had decoded before it. So the stream is read
    again up to there, then in smaller strides, and finally byte by byte, until every sound byte is out.

    Args:
        raw: the compressed bytes.
        codec: their kind.
        notes: receives remarks.
        again: opens the compressed bytes from the beginning once more; None for a pipe.
        careful_from: the compressed offset from which to read in strides of `stride`.
        stride: compressed bytes given to the decompressor at once.
    """

    def __init__(
        self,
        raw: ByteStream,
        codec: Codec,
        notes: list[str],
        *,
        again: Callable[[], ByteStream] | None,
        careful_from: int = 0,
        stride: int = INPUT,
    ) -> None:
        self._raw = raw
        self._codec = codec
        self._notes = notes
        self._again = again
        self._careful_from = careful_from
        self._stride = stride if again else PIPED_INPUT
        self._input = memoryview(bytearray(INPUT if again else PIPED_INPUT))
        self._pending = b""
        self._decompressor: Decompressor | None = None
        self._frames = 0
        self._out = 0
        self._fed = 0
        self._given = 0
        self._ended = False
        self._second: ByteStream | None = None

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        if self._second:
            return self._second.readinto(buffer)
        while not self._ended:
            if self._decompressor is None and not self._next_frame():
                break
            if count := self._step(buffer):
                self._out += count
                return count
            if self._second:
                return self._second.readinto(buffer)
        return 0

    def close(self) -> None:
        """Close the inner stream."""
        self._raw.close()
        if self._second:
            self._second.close()

    def _step(self, buffer: memoryview) -> int:
        decompressor = self._decompressor
        if decompressor is None:
            return 0
        data: bytes | memoryview = b""
        if decompressor.needs_input:
            data = self._more()
            if not data:
                raise DamagedArchiveError(f"{self._codec.name} data are cut off")
        try:
            piece = decompressor.decompress(data, len(buffer))
        except Exception as error:  # noqa: BLE001 - what a decompressor raises at random bytes is not documented
            self._fail(error)
            return 0
        if decompressor.eof:
            # What follows the frame was read with it: the next frame begins there.
            self._pending = decompressor.unused_data + self._pending
            self._fed -= len(decompressor.unused_data)
            self._decompressor = None
        buffer[: len(piece)] = piece
        return len(piece)

    def _more(self) -> bytes | memoryview:
        """Compressed bytes, those read ahead first."""
        wanted = self._read_size()
        if self._pending:
            data, self._pending = self._pending[:wanted], self._pending[wanted:]
            self._given = len(data)
            self._fed += self._given
            return data
        self._given = self._raw.readinto(self._input[:wanted])
        self._fed += self._given
        return self._input[: self._given]

    def _read_size(self) -> int:
        if self._fed >= self._careful_from:
            return self._stride
        return min(len(self._input), self._careful_from - self._fed)

    def _next_frame(self) -> bool:
        codec = self._codec
        if self._frames and codec.begins is None:
            return self._finish()
        self._look_ahead(skip_zeros=codec.padding and self._frames > 0)
        if self._frames and codec.begins and not codec.begins(self._pending):
            return self._finish()
        self._frames += 1
        self._decompressor = codec.begin(self._pending[:_LONGEST_HEADER], self._notes)
        return True

    def _look_ahead(self, *, skip_zeros: bool) -> None:
        """Fill `_pending` with at least a frame's header, if there is that much."""
        while True:
            if skip_zeros:
                kept = self._pending.lstrip(b"\0")
                self._fed += len(self._pending) - len(kept)
                self._pending = kept
            if len(self._pending) >= _LONGEST_HEADER:
                return
            count = self._raw.readinto(self._input)
            if not count:
                return
            self._pending += self._input[:count]

    def _finish(self) -> bool:
        """Read the rest, so that the inner streams reach the checks at their own ends."""
        self._ended = True
        left = len(self._pending)
        while count := self._raw.readinto(self._input):
            left += count
        if left:
            self._notes.append(LeftOut(f"{left} bytes after the {self._codec.name} data were ignored"))
        return False

    def _fail(self, error: Exception) -> None:
        """Continue in smaller strides from where the last input began, or raise."""
        if self._again is None or self._stride == 1:
            self._ended = True
            raise translate_error(error, self._codec) from error
        # It gets a list of its own for notes, since this reading has made them already.
        self._second = FrameStream(
            self._again(),
            self._codec,
            [],
            again=self._again,
            careful_from=self._fed - self._given,
            stride=CAREFUL if self._stride > CAREFUL else 1,
        )
        skip(self._second, self._out)


def translate_error(error: Exception, codec: Codec) -> ArchiveError:
    """A library's error as this project's."""
    if isinstance(error, ArchiveError):
        return error
    if codec.too_large and codec.too_large in str(error):
        return LimitExceededError(f"{codec.name} data need more memory than is allowed")
    return DamagedArchiveError(f"{codec.name} data are damaged: {error}")


def skip(stream: ByteStream, count: int) -> None:
    """Read and discard `count` bytes of `stream`."""
    scratch = memoryview(bytearray(1 << 17))
    while count:
        got = stream.readinto(scratch[: min(count, len(scratch))])
        if not got:
            return
        count -= got
