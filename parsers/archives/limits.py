"""Every limit on hostile or runaway input, in one place."""

import threading
from dataclasses import dataclass
from typing import Final

from parsers.errors import LimitExceededError

KIB: Final = 1 << 10
MIB: Final = 1 << 20
GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may cost this program.

    Attributes:
        member_bytes: what one member may expand to.
        total_bytes: what one input may expand to, over all members and levels.
        ratio: expanded bytes for each byte read; deflate cannot pass 1,032, logs stay below 100.
        ratio_floor: below this size the ratio is ignored: a short file of one repeated line is not a bomb.
        depth: containers inside one another; compression of a single stream counts as one.
        members: entries of one container.
        directory_bytes: a zip's central directory, which is held in memory.
        name_bytes: a tar member's long name or extended header, which is held in memory.
        zstd_window_log: window of a zstd frame; 27 (128 MiB) is what the zstd program accepts by default.
        xz_memory: what an xz or lzma decoder may allocate; `xz -9` needs 65 MiB.
        spool_memory: up to this size an inner archive that must be seekable is kept in memory,
        spool_bytes: and up to this one in an unlinked temporary file.
    """

    member_bytes: int = 256 * GIB
    total_bytes: int = 4096 * GIB
    ratio: int = 500
    ratio_floor: int = GIB
    depth: int = 8
    members: int = 1_000_000
    directory_bytes: int = 64 * MIB
    name_bytes: int = MIB
    zstd_window_log: int = 27
    xz_memory: int = 128 * MIB
    spool_memory: int = 16 * MIB
    spool_bytes: int = 16 * GIB


DEFAULT: Final = Limits()


def size_in_words(size: int) -> str:
    """`size` bytes in short: "16 GiB", "1.5 MiB", "12 bytes"."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}" if size < 1000 * unit else f"{size // unit} {name}"
    return f"{size} bytes"


class Budget:
    """How far one input has expanded so far; shared by the threads that read its members."""

    __slots__ = ("_lock", "_most", "_spent", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._spent = 0
        self._most = limits.total_bytes

    def set_input_size(self, size: int) -> None:
        """Apply the ratio to the whole input, which takes `size` bytes on disk."""
        self._most = min(self._most, max(self.limits.ratio_floor, self.limits.ratio * size))

    def spend(self, amount: int) -> None:
        """Add `amount` expanded bytes."""
        with self._lock:
            self._spent += amount

    def check(self) -> None:
        """Raise `LimitExceededError` once the input has expanded too far."""
        if self._spent > self._most:
            raise LimitExceededError(
                f"stopped: the input as a whole expands to more than {size_in_words(self._most)}"
            )
