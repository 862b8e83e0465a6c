"""JSON Lines, sound and broken."""

import json
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.open import open_store
from parsers.stores.tables.json_lines_table import MAX_LINE
from tests.parsers.stores.reading import events, rows, rows_of, unread

GOOD = '{"kind": "user", "name": "jane", "value": "QUJD"}'


def lines(path: Path, *texts: str) -> Path:
    """A file of these lines."""
    path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return path


def test_default_members(tmp_path: Path) -> None:
    """Members by the default names, null and absent alike are empty, others are ignored."""
    members = {
        "kind": "credential",
        "project": "P",
        "name": "ü",
        "user_name": None,
        "value": "QUJD",
        "x": [1],
    }
    path = lines(tmp_path / "s.jsonl", json.dumps(members), "", '{"name": "n", "value": null}')
    assert rows(path).select("kind", "name", "location", "value", "record").rows() == [
        ("credential", "ü", "/projects/P/credentials/ü", b"QUJD", "line 1"),
        ("credential", "n", "/credentials/n", None, "line 3"),
    ]


def test_other_names_by_option(tmp_path: Path) -> None:
    """Members of any name."""
    path = lines(tmp_path / "s.jsonl", '{"title": "a", "secret": "QUJD"}')
    store = open_store(str(path), columns={"name": "title", "value": "secret"})
    assert rows_of(store).select("name", "value").rows() == [("a", b"QUJD")]


def test_a_mark_at_the_start(tmp_path: Path) -> None:
    """A byte-order mark is no part of the first line."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert rows(path)["name"].to_list() == ["jane"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"name": "a", "value": "QUJD"', "not JSON"),
        ('{"name": "a", "name": "b", "value": "QUJD"}', "a member name occurs twice"),
        ('{"name": "a", "value": "QUJD", "x": {"y": 1, "y": 2}}', "a member name occurs twice"),
        ('{"name": "a", "value": NaN}', "NaN is not JSON"),
        ('{"name": "a", "value": "QUJD", "x": -Infinity}', "-Infinity is not JSON"),
        ('{"name": "a", "value": "QUJD", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"name": "a", "value": "QUJD", "x": ' + "1" * 5_000 + "}", "a number that is too long"),
        ('{"name": "a"}', "no member named 'value'"),
        ('{"name": "a", "value": 12}', "member 'value' is neither a string nor null"),
        ('{"name": "a\\ud800", "value": "QUJD"}', "member 'name' holds half a character"),
        ('{"name": "a", "value": "\\udfff"}', "member 'value' holds half a character"),
        ('["a", "QUJD"]', "not a JSON object"),
        ('{"kind": "gadget", "name": "a", "value": "QUJD"}', "its kind is none of"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_is_read(tmp_path: Path, bad: str, reason: str) -> None:
    """Each line stands for itself; the reason names the line and quotes nothing secret."""
    path = lines(tmp_path / "s.jsonl", GOOD, bad, GOOD)
    assert rows(path)["record"].to_list() == ["line 1", "line 3"]
    (fault,) = unread(path)
    assert fault.reason.startswith(f"line 2: {reason}")
    assert "QUJD" not in fault.reason


def test_no_utf8(tmp_path: Path) -> None:
    """Bytes that are no text spoil their line alone."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(f"{GOOD}\n".encode() + b'{"name": "\xff", "value": ""}\n')
    assert rows(path).height == 1
    assert unread(path)[0].reason == "line 2: not UTF-8 at byte 11"


def test_an_endless_line(tmp_path: Path) -> None:
    """A line beyond the limit ends the file there."""
    path = lines(tmp_path / "s.jsonl", GOOD, '{"name": "' + "x" * MAX_LINE)
    assert rows(path).height == 1
    assert unread(path)[0].reason.startswith("line 2: more than")


def test_an_array_is_refused_with_a_hint(tmp_path: Path) -> None:
    """A JSON array is another form; the hint says how to turn it."""
    with pytest.raises(StoreError, match="a JSON array") as caught:
        events(lines(tmp_path / "s.json", f"[{GOOD}]"))
    assert "jq" in caught.value.hint
