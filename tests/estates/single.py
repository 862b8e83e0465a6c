"""One estate in full: its keys, each value with the truth and what is said of it, the laws that it breaks."""

from collections.abc import Iterator
from pathlib import Path

from tests.estates.check import Checked, check, rows
from tests.estates.check_octopus import check_octopus, octopus_rows
from tests.estates.draw import draw
from tests.estates.estate import Estate, StoredValue, write
from tests.estates.octopus import draw_octopus, write_octopus
from tests.estates.running import Row


def single(seed: int, *, octopus: bool, folder: Path | None) -> tuple[list[str], bool]:
    """The lines, and whether a law is broken; store and keys are left in `folder`, if one is named."""
    if octopus:
        drawn = draw_octopus(seed)
        if folder:
            write_octopus(drawn, folder)
        estate, checked = drawn.estate, check_octopus(drawn)
        lines = [*_keys(estate), *(_line(*each) for each in octopus_rows(drawn))]
    else:
        estate = draw(seed)
        if folder:
            write(estate, folder)
        checked = check(estate, settle=True)
        lines = [*_keys(estate), *(_line(*each) for each in rows(estate))]
    return [*lines, *_summary(checked)], bool(checked.violations)


def _keys(estate: Estate) -> Iterator[str]:
    for key in estate.keys:
        files = ", ".join(f"{each.label} ({'given' if each.given else 'missing'})" for each in key.copies)
        yield f"{key.name}: {8 * len(key.secret)} bits, {files}"
    yield f"current: {estate.current or 'nobody knows'}, said by {estate.said or 'nobody'}; {estate.store}"


def _line(value: StoredValue, row: Row | None) -> str:
    sealed = f"{value.sealing.name}/{value.sealing.encoding}" if value.sealing else "-"
    truth = (value.name, sealed, value.key or "-", value.inner, value.population, value.trouble)
    if row is None:
        return f"{' '.join(filter(None, truth))} => nothing"
    said = (row.verdict, row.opened_by or "-", row.confidence, row.text_confidence, row.layout, row.group)
    return f"{' '.join(filter(None, truth))} => {' '.join(filter(None, said))}: {row.reason}"


def _summary(checked: Checked) -> Iterator[str]:
    yield from (each.line for each in checked.violations)
    for (name, what), count in sorted(checked.undecided.items()):
        yield f"{name}: {count} {what}"
    yield f"{checked.reencrypted} re-encrypted, {checked.seconds:.1f} s"
