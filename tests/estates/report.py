"""What many estates came to, as Markdown for the docs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tests.estates.check import Checked
from tests.estates.laws import LAWS

_LEVELS: Final = ("proven", "strong", "weak", "none")
_SEEDS_SHOWN: Final = 12


def report(checked: Sequence[Checked]) -> Iterator[str]:
    """Lines: a table of violations, one of calibration, one of what stays undecided."""
    values = sum(sum(each.verdicts.values()) for each in checked)
    written = sum(each.reencrypted for each in checked)
    seconds = sum(each.seconds for each in checked)
    yield f"{len(checked)} estates, {values:,} values, {written:,} of them re-encrypted, {seconds:.0f} s"
    yield from ("", *_violations(checked))
    yield from ("", *_calibration(checked))
    yield from ("", *_undecided(checked))
    slowest = sorted(checked, key=lambda each: -each.seconds)[:5]
    yield ""
    yield "slowest: " + ", ".join(f"{each.name} {each.seconds:.1f} s" for each in slowest)


def _violations(checked: Sequence[Checked]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for each in checked:
        for violation in each.violations:
            counts[violation.law] += 1
            names[violation.law][each.name.removeprefix("seed ")] = None
    rows = []
    for law, words in LAWS.items():
        seeds = list(names[law])
        shown = ", ".join(seeds[:_SEEDS_SHOWN]) + (" …" if len(seeds) > _SEEDS_SHOWN else "")
        rows.append((law, words, counts[law], len(seeds), shown or "-"))
    yield from _table(("law", "broken where", "violations", "estates", "seeds"), rows)


def _calibration(checked: Sequence[Checked]) -> Iterator[str]:
    total: Counter[tuple[str, str, bool]] = Counter()
    for each in checked:
        total += each.calibration
    rows = []
    for of in ("key", "text"):
        for level in _LEVELS:
            wrong, right = total[of, level, True], total[of, level, False]
            if count := wrong + right:
                rows.append((of, level, f"{count:,}", wrong, f"{wrong / count:.2%}"))
    yield from _table(("confidence in the", "is", "values", "wrong", "share"), rows)


def _undecided(checked: Sequence[Checked]) -> Iterator[str]:
    total: Counter[tuple[str, str]] = Counter()
    for each in checked:
        total += each.undecided
    names = sorted({name for name, _ in total}, key=lambda name: (-total[name, "undecided"], name))
    rows = [
        (name, *(total[name, what] for what in ("whole", "undecided", "tried", "settled")))
        for name in names
        if total[name, "undecided"] or total[name, "tried"]
    ]
    sums = [sum(total[name, what] for name in names) for what in ("whole", "undecided", "tried", "settled")]
    heads = ("layout, its key given", "whole values", "undecided", "one known text tried", "settled by it")
    yield from _table(heads, [*rows, ("all", *sums)])


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield "| " + " | ".join(map(str, row)) + " |"
