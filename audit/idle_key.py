"""Candidates that open nothing, with the likely reason."""

from typing import Final

from audit.key_ring import Key
from audit.verdict import Verdict

_TRIED: Final = (Verdict.CURRENT, Verdict.OLDER_KEY, Verdict.LOST, Verdict.AMBIGUOUS)


def tried(verdicts: dict[str, int]) -> int:
    """Values on which every key was tried with an outcome; with 0 nothing can be said of any key."""
    return sum(verdicts.get(verdict, 0) for verdict in _TRIED)


def why_idle(key: Key, tried: int) -> str:
    """One sentence on a candidate that opens none of the values on which it was tried."""
    opens = f"opens none of {tried} values"
    if key.current:
        return f"{opens}, though it is the current key: check that it is the server's own file"
    if key.bits == 0:
        return f"{opens}: its file is no AES key as it stands, probably not a passkey at all"
    return f"{opens}: probably the key of another server, or of a time from which no value is left"
