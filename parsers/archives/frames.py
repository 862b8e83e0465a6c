"""Compressed streams that come in frames: one decompressor after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from parsers.archives.interface import ByteStream, LeftOut
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError

INPUT: Final = 1 << 17
"""Compressed bytes read at once: more does not make it faster, and each read takes the interpreter's lock."""

PIPED_INPUT: Final = 1 << 12
"""The same where a stream cannot be read twice: what a fault takes with it stays small."""

CAREFUL: Final = 1 << 11
"""The same behind the last sound place, once there is a fault: what is left to go through byte by byte, which
takes a while, is that much."""

_LONGEST_HEADER: Final = 18


class Decompressor(Protocol):
    """What the decompressors of bz2, lzma, zstd and isal have in common."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before something goes in."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What followed the frame."""
        ...

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        """Up to `max_length` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """How frames of one kind are read.

    Attributes:
        name: as messages call it.
        begin: makes the decompressor of a frame from its first bytes (up to 18), and notes what is worth it;
            raises `ArchiveError` for what is refused.
        begins: whether a frame begins here, or None where only one can be.
        padding: whether zeros may stand between and after frames.
        too_large: how the library words that a frame wants more memory than it was allowed.
    """

    name: str
    begin: Callable[[bytes, list[str]], Decompressor]
    begins: Callable[[bytes], bool] | None = None
    padding: bool = False
    too_large: str = ""


class FrameStream:
    """The content of all frames of `raw`, one after the other.

    A library that meets a fault keeps what the same call had decoded before it. So the stream is read once
    more up to there, and from there on in smaller strides, at last byte by byte: every sound byte comes out.

    Args:
        raw: the compressed bytes.
        codec: their kind.
        notes: gets what is worth saying.
        again: gives the compressed bytes from the beginning once more, or None for a pipe.
        careful_from: the compressed offset from which on to go in strides of `stride`.
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
        """Close what lies below."""
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
            self._pending = decompressor.unused_data + self._pending
            self._fed -= len(decompressor.unused_data)
            self._decompressor = None
        buffer[: len(piece)] = piece
        return len(piece)

    def _more(self) -> bytes | memoryview:
        """Compressed bytes: those read ahead first."""
        wanted = self._wanted()
        if self._pending:
            data, self._pending = self._pending[:wanted], self._pending[wanted:]
            self._given = len(data)
            self._fed += self._given
            return data
        self._given = self._raw.readinto(self._input[:wanted])
        self._fed += self._given
        return self._input[: self._given]

    def _wanted(self) -> int:
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
        """Have at least a frame's header in `_pending`, if there is that much."""
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
        """Read what is left, so that a layer below gets to its own checks at the end."""
        self._ended = True
        left = len(self._pending)
        while count := self._raw.readinto(self._input):
            left += count
        if left:
            self._notes.append(LeftOut(f"{left} bytes after the {self._codec.name} data were ignored"))
        return False

    def _fail(self, error: Exception) -> None:
        """Go on in smaller strides from where the last bytes were given, or raise."""
        if self._again is None or self._stride == 1:
            self._ended = True
            raise translated(error, self._codec) from error
        self._second = FrameStream(
            self._again(),
            self._codec,
            [],
            again=self._again,
            careful_from=self._fed - self._given,
            stride=CAREFUL if self._stride > CAREFUL else 1,
        )
        skip(self._second, self._out)


def translated(error: Exception, codec: Codec) -> ArchiveError:
    """A library's complaint, in this project's words."""
    if isinstance(error, ArchiveError):
        return error
    if codec.too_large and codec.too_large in str(error):
        return LimitExceededError(f"{codec.name} data ask for more memory than is allowed")
    return DamagedArchiveError(f"{codec.name} data are damaged: {error}")


def skip(stream: ByteStream, count: int) -> None:
    """Read `count` bytes of `stream` and forget them."""
    scratch = memoryview(bytearray(1 << 17))
    while count:
        got = stream.readinto(scratch[: min(count, len(scratch))])
        if not got:
            return
        count -= got
