"""Random damage, for as long as PASSKEY_AUDIT_FUZZ_SECONDS says."""

import os
import random
import tempfile
from pathlib import Path

SECONDS = float(os.environ.get("PASSKEY_AUDIT_FUZZ_SECONDS", "15"))
"""For each fuzz test; there are four such tests, a minute in all."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flips, cuts, repeats and foreign pieces."""
    piece = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        if not piece:
            break
        at = chance.randrange(len(piece))
        match chance.randrange(6):
            case 0:
                piece[at] ^= 1 << chance.randrange(8)
            case 1:
                piece[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), chance.randbytes(4)])
            case 2:
                del piece[at:]
            case 3:
                del piece[at : at + chance.randrange(1, 30)]
            case 4:
                piece[at:at] = piece[chance.randrange(len(piece)) :][: chance.randrange(1, 200)]
            case _:
                piece[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(piece)


def kept(data: bytes, name: str) -> str:
    """Where the input that made a test fail can be found."""
    path = Path(tempfile.gettempdir()) / name
    path.write_bytes(data)
    return f"input kept as {path}"
