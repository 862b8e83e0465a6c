"""Remarks on candidate keys: that one opens nothing, why, and where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit.keys.key_ring import Key, KeyRing
from audit.keys.node_mismatch import NodeMismatch, on_wrong_node, to_put_back
from audit.verdict import Verdict

_TRIED: Final = (Verdict.CURRENT, Verdict.OLDER_KEY, Verdict.LOST, Verdict.AMBIGUOUS)


def tried(verdicts: dict[str, int]) -> int:
    """Values on which every key was tried with an outcome; with 0, nothing is known of any key."""
    return sum(verdicts.get(verdict, 0) for verdict in _TRIED)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What the keys of a run open.

    Attributes:
        values: how many values each label opens.
        outer: of how many values each opens the outside alone: they were encrypted twice.
        tried: values on which every key was tried with an outcome.
        unknown: values in unknown layouts: any key may open them.
    """

    values: Mapping[str, int]
    outer: Mapping[str, int]
    tried: int
    unknown: int = 0


def key_remark(key: Key, opens: KeyUse, mismatches: Sequence[NodeMismatch], ring: KeyRing) -> str:
    """One sentence, or "" where the counts say all.

    Args:
        key: the candidate.
        opens: what the keys open.
        mismatches: nodes with a file that their database does not want, by their logs.
        ring: all candidates.
    """
    cure = to_put_back(key, mismatches, ring)
    if cure:
        return f"in use now; {cure}" if key.current else cure
    labels, used = (key.label, *key.twins), opens.values.keys() | opens.outer.keys()
    idle = bool(opens.tried) and used.isdisjoint(labels)
    if wrong := on_wrong_node(key, mismatches):
        return f"opens none of {opens.tried} values; {wrong}" if idle else wrong
    if key.label not in used and (twin := next((each for each in key.twins if each in used), "")):
        return f"the same key as {twin!r}, written in another form: what it opens is counted there"
    if key.label in opens.outer:
        return (
            f"opens the outside of {opens.outer[key.label]} values that were encrypted twice: "
            "they are counted under the key of what lies inside"
        )
    return why_idle(key, opens.tried, opens.unknown) if idle else ""


def why_idle(key: Key, tried: int, unknown: int = 0) -> str:
    """One sentence on a candidate that opens none of the values on which it was tried."""
    opens = f"opens none of {tried} values"
    if key.current:
        return f"{opens}, though it is the current key: check that it is the server's own file"
    if unknown:
        return f"{opens}; {unknown} more are in an unknown layout, and may be under it"
    if key.bits == 0:
        return f"{opens}: its file is not an AES key as it is, and probably not a passkey at all"
    return f"{opens}: probably the key of another server, or of a time from which no value is left"
