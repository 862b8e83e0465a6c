"""Tables and dumps that are written anew, beyond what all kinds share."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cloudbees.kinds import USER
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.mapping import Mapping, SecretTable
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import file_rewriter
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_file import StoreFile
from parsers.stores.store_writer import BlockerKind, StoredCiphertext, ValueChange
from tests.parsers.stores.reading import rows
from tests.parsers.stores.rewriting.rewritten import (
    base64_of,
    changed,
    changes_of,
    content,
    hindered,
    sealed,
    writer,
)

OLD, NEW, IV, NEW_IV = (base64_of(at) for at in range(4))


def renewed(number: int, _old: StoredCiphertext) -> StoredCiphertext:
    return StoredCiphertext(base64_of(100 + number, size=32).encode())


def test_vectors_beside_values(tmp_path: Path) -> None:
    """Both cells change, and one vector may serve several rows."""
    path = tmp_path / "t.csv"
    path.write_text(f"name,value,iv\na,{OLD},{IV}\nb,{OLD},{IV}\nc,{IV},{OLD}\n")
    news = {
        0: StoredCiphertext(NEW.encode(), NEW_IV.encode()),
        2: StoredCiphertext(NEW.encode(), OLD.encode()),
    }
    found, blockers = changed(path, lambda at, _old: news.get(at))
    assert found[""].decode() == f"name,value,iv\na,{NEW},{NEW_IV}\nb,{OLD},{IV}\nc,{NEW},{OLD}\n"
    assert not blockers


def test_a_vector_that_has_no_place_is_refused(tmp_path: Path) -> None:
    """Neither is a cell filled that was empty, nor one emptied."""
    path = tmp_path / "t.csv"
    path.write_text(f"name,value,iv\na,{OLD},\nb,{OLD},{IV}\n")
    store = open_store(str(path))
    found = changes_of(store, lambda at, old: StoredCiphertext(NEW.encode(), None if old.iv else IV.encode()))
    rewriting = writer(store).locate(found)
    assert [record for each in rewriting.blockers for record in each.records] == ["line 2", "line 3"]
    assert content(rewriting)[""] == path.read_bytes()


def test_records_that_stand_for_two_rows_stay(tmp_path: Path) -> None:
    """Nobody can say which of them is meant."""
    path = tmp_path / "d.sql"
    path.write_text(f"INSERT INTO ec_credential (id, password) VALUES (1,'{OLD}'),(2,'{OLD}'),(1,'{OLD}');")
    change = ValueChange("ec_credential:id=1", StoredCiphertext(OLD.encode()), StoredCiphertext(NEW.encode()))
    rewriting = writer(open_store(str(path))).locate([change])
    assert hindered(rewriting.blockers) == {BlockerKind.NOT_FOUND_AGAIN.value: ("ec_credential:id=1",)}
    assert content(rewriting)[""] == path.read_bytes()


def test_two_columns_of_one_row(tmp_path: Path) -> None:
    """Both have the same record: which is meant, the value tells."""
    path = tmp_path / "d.sql"
    text = "".join(
        f"INSERT INTO ec_user (id, name, password, other) VALUES ({at},'a','{first}','{second}');\n"
        for at, first, second in ((1, OLD, IV), (2, OLD, OLD), (3, OLD, IV))
    )
    path.write_text(text)
    other = SecretTable(table="ec_user", kind=USER, value="other", name="name")
    store = SqlDump(StoreFile(str(path)), Mapping(inferred=(*DEFAULT_MAPPING.inferred, other)))
    values = [(1, OLD, NEW), (1, IV, NEW_IV), (2, OLD, NEW), (3, OLD, NEW), (3, NEW_IV, IV)]
    changes = [
        ValueChange(f"ec_user:id={at}", StoredCiphertext(a.encode()), StoredCiphertext(b.encode()))
        for at, a, b in values
    ]
    rewriting = writer(store).locate(changes)
    expected = ("ec_user:id=2", "ec_user:id=3")  # of the last, one of the two is not there
    assert hindered(rewriting.blockers) == {BlockerKind.NOT_FOUND_AGAIN.value: expected}
    assert content(rewriting)[""].decode() == text.replace(OLD, NEW, 1).replace(IV, NEW_IV, 1)


def test_bytes_where_backslashes_mean_nothing(tmp_path: Path) -> None:
    """What is written there would mean other bytes: it stays."""
    path = tmp_path / "d.sql"
    old = b"16 bytes of this"
    row = b"INSERT INTO ec_user (id, password) VALUES (1,'%s');\n" % old
    path.write_bytes(b"SET sql_mode='NO_BACKSLASH_ESCAPES';\n" + row)
    found, blockers = changed(path, lambda _at, _old: StoredCiphertext(b"\\" * 16))
    assert list(hindered(blockers)) == [BlockerKind.NOT_WRITTEN_PLAINLY.value]
    assert found[""] == path.read_bytes()
    path.write_bytes(row)
    assert changed(path, lambda _at, _old: StoredCiphertext(b"\\" * 16)) == (
        {"": row.replace(old, b"\\" * 32)},
        (),
    )


def test_an_expression_stays(tmp_path: Path) -> None:
    """A value that the server would put together from pieces is named, and not touched."""
    path = tmp_path / "d.sql"
    path.write_text(
        f"INSERT INTO ec_credential (id, password) VALUES (1,'{OLD[:9]}' '{OLD[9:]}'),(2,'{OLD}');"
    )
    found, blockers = changed(path, renewed)
    assert hindered(blockers) == {BlockerKind.NOT_WRITTEN_PLAINLY.value: ("ec_credential:id=1",)}
    assert found[""].decode() == path.read_text().replace(OLD, base64_of(101, size=32))


def test_a_dump_that_is_read_twice(tmp_path: Path) -> None:
    """Large dumps are: both readings see the same."""
    path = tmp_path / "d.sql"
    values = "".join(
        f"INSERT INTO ec_credential (id, password) VALUES ({at},'{base64_of(at % 5)}');\n"
        for at in range(200)
    )
    path.write_text(values)
    store = SqlDump(StoreFile(str(path)), held_rows=7)
    rewriting = writer(store).locate(changes_of(store, lambda at, old: renewed(at, old) if at % 2 else None))
    assert not rewriting.blockers
    path.write_bytes(content(rewriting)[""])
    expected = [base64_of(100 + at, size=32) if at % 2 else base64_of(at % 5) for at in range(200)]
    assert [value.decode() for value in rows(path)["value"]] == expected


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=8
)
table_rows = st.lists(st.tuples(texts, st.integers(0, 3), st.booleans(), texts), min_size=1, max_size=12)
Rows = list[tuple[str, int, bool, str]]


def values_of(drawn: Rows, *, new: bool) -> list[str]:
    """A value for each row: one of four, or another one where it is to change."""
    return [
        base64_of(50 + at, size=48) if is_changed and new else base64_of(number)
        for at, (_, number, is_changed, _) in enumerate(drawn)
    ]


def as_csv(drawn: Rows, values: list[str]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["name", "value", "user_name", "x"])
    for (name, number, _, user), value in zip(drawn, values, strict=True):
        table.writerow([name, value, user, base64_of(number)])
    return text.getvalue().encode("utf-16")


def as_json_lines(drawn: Rows, values: list[str]) -> bytes:
    lines = [
        json.dumps({"name": name, "x": [base64_of(number), user], "value": value})
        for (name, number, _, user), value in zip(drawn, values, strict=True)
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("write", [as_csv, as_json_lines])
@settings(deadline=None)
@given(drawn=table_rows)
def test_any_text_around(
    tmp_path_factory: pytest.TempPathFactory, write: Callable[[Rows, list[str]], bytes], drawn: Rows
) -> None:
    """Nothing but the wanted cells changes, and reading what was written gives exactly the new values."""
    path = tmp_path_factory.mktemp("any") / "table"
    path.write_bytes(write(drawn, values_of(drawn, new=False)))
    news = values_of(drawn, new=True)
    found, blockers = changed(
        path, lambda at, _old: StoredCiphertext(news[at].encode()) if drawn[at][2] else None
    )
    assert not blockers
    assert found[""] == write(drawn, news)
    path.write_bytes(found[""])
    assert [each.value.decode() for each in sealed(open_store(str(path))).values()] == news


@pytest.mark.parametrize(
    ("column", "fits"),
    [
        ("varchar(43) CHARACTER SET latin1", False),
        ("character varying(43) NOT NULL", False),
        ("varchar(44)", True),
        ("text", True),
        ("decimal(3)", True),
    ],
)
def test_room_in_columns(tmp_path: Path, column: str, fits: bool) -> None:
    """What a server might cut off as it loads the dump is not written; what becomes no longer is."""
    path = tmp_path / "d.sql"
    path.write_text(
        f"CREATE TABLE ec_user (id int, password {column});\n"
        f"INSERT INTO ec_user VALUES (1,'{OLD}'),(2,'{OLD}');\n"
    )
    news = [base64_of(9, size=32), NEW]
    found, blockers = changed(path, lambda at, _old: StoredCiphertext(news[at].encode()))
    expected = {} if fits else {BlockerKind.TOO_SHORT.value: ("ec_user:id=1",)}
    assert hindered(blockers) == expected
    first = news[0] if fits else OLD
    assert found[""].decode() == path.read_text().replace(
        f"(1,'{OLD}'),(2,'{OLD}')", f"(1,'{first}'),(2,'{NEW}')"
    )


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    """The old values are not there any more: nothing is written over the new ones."""
    path = tmp_path / "t.csv"
    path.write_text(f"name,value\na,{OLD}\nb,{OLD}\n")
    store = open_store(str(path))
    changes = changes_of(store, renewed)
    once = content(writer(store).locate(changes))
    path.write_bytes(once[""])
    again = writer(store).locate(changes)
    assert hindered(again.blockers) == {BlockerKind.NOT_FOUND_AGAIN.value: ("line 2", "line 3")}
    assert content(again) == once


def test_nothing_of_a_value_is_shown(tmp_path: Path) -> None:
    """Neither what locates values nor what writes them tells them."""
    path = tmp_path / "t.csv"
    path.write_text(f"name,value\na,{OLD}\n")
    store = open_store(str(path))
    located = writer(store).locate(changes_of(store, renewed))
    shown = f"{located!r} {file_rewriter(store)!r} {located.blockers!r}"
    assert OLD not in shown
    assert base64_of(100, size=32) not in shown
