"""Many phrases looked for at once."""

from collections.abc import Iterable

import ahocorasick_rs


class Matcher:
    """Phrases made ready for the search; any number of threads may use it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        encoded = sorted({phrase.encode() for phrase in phrases})
        self.longest = max(map(len, encoded), default=0)
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            encoded, matchkind=ahocorasick_rs.MatchKind.LeftmostFirst
        )

    def hits(self, data: memoryview) -> list[tuple[int, int, int]]:
        """Every phrase met: its number, begin and end; of overlapping ones the first."""
        return self._automaton.find_matches_as_indexes(data)
