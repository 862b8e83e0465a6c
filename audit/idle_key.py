"""What is worth saying of a candidate: that it opens nothing, why, and where it belongs."""

from collections.abc import Mapping, Sequence
from typing import Final

from audit.key_ring import Key, KeyRing
from audit.node_mismatch import NodeMismatch, on_wrong_node, to_put_back
from audit.verdict import Verdict

_TRIED: Final = (Verdict.CURRENT, Verdict.OLDER_KEY, Verdict.LOST, Verdict.AMBIGUOUS)


def tried(verdicts: dict[str, int]) -> int:
    """Values on which every key was tried with an outcome; with 0 nothing can be said of any key."""
    return sum(verdicts.get(verdict, 0) for verdict in _TRIED)


def key_remark(  # noqa: PLR0917  # each is one fact about the run
    key: Key,
    opens: Mapping[str, int],
    tried: int,
    mismatches: Sequence[NodeMismatch],
    ring: KeyRing,
    unknown: int = 0,
) -> str:
    """One sentence, or "" where the counts say all.

    Args:
        key: the candidate.
        opens: how many values each label opens.
        tried: values on which every key was tried with an outcome.
        mismatches: nodes with a file that their database does not want, by their logs.
        ring: all candidates.
        unknown: values in layouts that nobody knows: any key may open them.
    """
    cure = to_put_back(key, mismatches, ring)
    if cure:
        return f"in use now; {cure}" if key.current else cure
    idle = bool(tried) and not any(label in opens for label in (key.label, *key.twins))
    if wrong := on_wrong_node(key, mismatches):
        return f"opens none of {tried} values; {wrong}" if idle else wrong
    if key.label not in opens and (twin := next((each for each in key.twins if each in opens), "")):
        return f"the same key as {twin!r}, written in another form: what it opens is counted there"
    return why_idle(key, tried, unknown) if idle else ""


def why_idle(key: Key, tried: int, unknown: int = 0) -> str:
    """One sentence on a candidate that opens none of the values on which it was tried."""
    opens = f"opens none of {tried} values"
    if key.current:
        return f"{opens}, though it is the current key: check that it is the server's own file"
    if unknown:
        return f"{opens}; {unknown} more are in a layout that nobody knows, and may be under it"
    if key.bits == 0:
        return f"{opens}: its file is no AES key as it stands, probably not a passkey at all"
    return f"{opens}: probably the key of another server, or of a time from which no value is left"
