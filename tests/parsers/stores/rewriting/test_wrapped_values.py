"""Files in which ciphertext stands inside other text: that text stays, as it is escaped there."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from parsers.stores.store_writer import BlockerKind, StoredCiphertext
from tests.parsers.stores.rewriting.rewritten import base64_of, changed, hindered

OLD, NEW = base64_of(1, size=32), base64_of(2, size=48)
FORMS: Final = {
    "head": "{{AES}}{}",
    "head and tail": "ENC({})",
    "JSON": '{{"kid": 3, "ct": "{}", "by": "a, b"}}',
    "quotes": '"{}"',
}


def as_csv(value: str) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([["name", "value"], ["a", value], ["b", "other"]])
    return written.getvalue()


def as_json_lines(value: str) -> str:
    return json.dumps({"name": "a", "value": value}) + "\n"


def as_dump(value: str) -> str:
    escaped = value.replace('"', '\\"')
    return f"INSERT INTO ec_credential (id, password) VALUES (1,'{escaped}'),(2,'{base64_of(3)}');\n"


FILES: Final[dict[str, Callable[[str], str]]] = {"t.csv": as_csv, "t.jsonl": as_json_lines, "d.sql": as_dump}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize("name", FILES)
def test_only_the_ciphertext_changes(name: str, form: str, tmp_path: Path) -> None:
    """In a cell, a JSON string or a dump's string, with the escapes that it has there."""
    path = tmp_path / name
    before, after = form.format(OLD), form.format(NEW)
    path.write_text(FILES[name](before), newline="")
    found, blockers = changed(
        path, lambda _, old: StoredCiphertext(after.encode()) if old.value == before.encode() else None
    )
    assert not blockers
    assert found[""].decode() == FILES[name](after)


def test_other_text_around_it_is_refused(tmp_path: Path) -> None:
    """What stands around cannot become something else: nothing is written, half of it neither."""
    path = tmp_path / "t.csv"
    path.write_text(f"name,value\na,{{AES}}{OLD}\n")
    found, blockers = changed(path, lambda _, __: StoredCiphertext(f"v2:{NEW}".encode()))
    assert hindered(blockers) == {BlockerKind.NOT_WRITTEN_PLAINLY.value: ("line 2",)}
    assert found[""] == path.read_bytes()
