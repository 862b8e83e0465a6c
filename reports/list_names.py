"""File names for teams: whatever a team is called, its list stays in its folder."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LENGTH = 60
# A file of these names, whatever its ending, is a device on Windows.
_WINDOWS_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def list_names(teams: Iterable[str]) -> dict[str, str]:
    """A file name without ending for each team: `a-z`, `0-9` and `-` only, unique, at most 125 characters.

    Teams whose names come out alike get a digest of their name behind it.
    """
    plain = {team: _plain(team) for team in sorted(set(teams))}
    uses = Counter(plain.values())
    names: dict[str, str] = {}
    taken: set[str] = set()
    for team, name in sorted(plain.items(), key=lambda item: uses[item[1]]):
        digest = hashlib.sha256(team.encode()).hexdigest()
        candidates = (name, f"{name}-{digest[:8]}", f"{name}-{digest}")[uses[name] > 1 :]
        names[team] = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(names[team])
    return names


def _plain(team: str) -> str:
    letters = unicodedata.normalize("NFKD", team).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LENGTH].rstrip("-")
    if not name or _WINDOWS_DEVICES.fullmatch(name):
        return f"team-{name}".rstrip("-")
    return name
