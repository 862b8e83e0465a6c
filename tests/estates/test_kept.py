"""Small estates that are kept as files, with every answer that is right."""

from collections import Counter
from pathlib import Path

import pytest

from tests.estates.estate import PROJECT, digest
from tests.estates.kept import Kept, KeptEstate, KeptValue, kept_estates, write_kept
from tests.estates.running import Answer, Row, audit, uncovered
from tests.vectors.make_estates import main

KEPT = kept_estates()


def of(kept: KeptEstate, value: KeptValue, answer: Answer) -> Row | None:
    """What is said of a value; of one in a document by its digest, or by the document's id."""
    if not kept.documents:
        return answer.rows[f"/projects/{PROJECT}/credentials/{value.name}"]
    stored = value.stored
    rows = answer.rows.items()
    if stored is not None:
        found = next((row for _, row in rows if row.digest == digest(stored)), None)
        if found:
            return found
    document = value.name.partition("#")[0].partition(":")[2]
    return next((row for where, row in rows if where.startswith(f"{document}/")), None)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_every_answer_is_right(kept: Kept, tmp_path: Path) -> None:
    """Verdict, key and text of each value are among the right ones, and not all of them are left open."""
    estate = kept.estate
    answer = audit(write_kept(estate, tmp_path), tmp_path / "keys", estate.current_label)
    wrong, verdicts = [], Counter[str]()
    reported = " ".join(uncovered(answer)["subject"])
    for value in estate.values:
        row = of(estate, value, answer)
        if row is None:
            if value.name.partition(":")[0] not in reported:
                wrong.append(f"{value.name} ({value.truth}): nothing is said of it")
            continue
        verdicts[row.verdict] += 1
        wrong += [f"{value.name} ({value.truth}): {why}" for why in faults(value, row)]
    assert wrong == []
    assert all(verdicts[verdict] >= count for verdict, count in estate.at_least.items()), verdicts


def faults(value: KeptValue, row: Row) -> list[str]:
    """What is wrong with an answer."""
    found = []
    if row.verdict not in value.allowed:
        found.append(f"{row.verdict}, not one of {', '.join(value.allowed)}: {row.reason}")
    if row.opens and row.opened_by not in value.opened_by:
        found.append(f"opened by {row.opened_by}, not by one of {', '.join(value.opened_by)}")
    if row.sure_of_text and row.layout.startswith(value.wrong_layouts):
        found.append(f"sure of another text than its own: {row.layout}")
    return found


def test_files_are_what_the_script_writes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made again, they are the same to the byte."""
    from tests.vectors import make_estates

    monkeypatch.setattr(make_estates, "FOLDER", tmp_path / "estates")
    main()
    made = {path.name: path.read_bytes() for path in (tmp_path / "estates").glob("*.json")}
    assert made == {path.name: path.read_bytes() for path in kept_folder().glob("*.json")}


def kept_folder() -> Path:
    """Where they lie."""
    from tests.estates.kept import FOLDER

    return FOLDER
