"""What every kind of store that is written anew must hold to."""

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import file_rewriter
from parsers.stores.store_writer import BlockerKind, StoredCiphertext
from tests.parsers.stores.rewriting.rewritten import (
    base64_of,
    changed,
    changes_of,
    content,
    hindered,
    sealed,
    writer,
)
from tests.support import octopus
from tests.support.octopus import Row

COUNT = 60
SAME = 7
"""Every seventh row holds the same value."""

Values = Sequence[str]
Maker = Callable[[Path, Values], Path]


def old_value(number: int) -> str:
    """The value of a row; look-alikes of it stand elsewhere in the stores."""
    return base64_of(0 if number % SAME == 0 else number)


def new_value(number: int) -> str:
    """Longer than before, as when a key becomes longer."""
    return base64_of(1000 + number, size=32)


def is_changed(number: int) -> bool:
    """A third of the rows, and not all of those with the same value."""
    return number % 3 == 0


def export(folder: Path, values: Values) -> Path:
    """Credentials, with their values in comments and other elements too."""
    body = "".join(
        f"<!-- {old_value(at)} --><credential note='{old_value(at)}'><credentialName>{at}</credentialName>"
        f"<password>{value}</password><description>{old_value(at)}</description></credential>"
        for at, value in enumerate(values)
    )
    path = folder / "export.xml"
    path.write_text(f"<exportedData><project><projectName>P</projectName>{body}</project></exportedData>")
    return path


def csv_table(folder: Path, values: Values) -> Path:
    """With a column of comments, in UTF-16 as spreadsheets write it."""
    path = folder / "table.csv"
    with path.open("w", encoding="utf-16", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["comment", "name", "value", "user_name"])
        writer.writerows([old_value(at), f"n{at}", value, "«u»"] for at, value in enumerate(values))
    return path


def packed_table(folder: Path, values: Values) -> Path:
    """Bars between the cells, compressed."""
    lines = ["comment|name|value|user_name", *(f"{old_value(n)}|n{n}|{v}|u" for n, v in enumerate(values))]
    path = folder / "table.csv.gz"
    path.write_bytes(gzip.compress("\r\n".join(lines).encode(), mtime=0))
    return path


def json_lines(folder: Path, values: Values) -> Path:
    """With members that no column is."""
    path = folder / "table.jsonl"
    rows = ({"x": old_value(n), "name": f"n{n}", "value": value} for n, value in enumerate(values))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def sql_dump(folder: Path, values: Values) -> Path:
    """With the same values in a table that nobody asks for."""
    rows = ",".join(f"({at},'c{at}','{value}')" for at, value in enumerate(values))
    others = ",".join(f"({at},'{old_value(at)}')" for at in range(len(values)))
    path = folder / "dump.sql"
    path.write_text(
        f"INSERT INTO ec_other (id, value) VALUES {others};\n-- {old_value(0)}\n"
        f"INSERT INTO ec_credential (id, name, password) VALUES {rows};\n"
    )
    return path


def documents(values: Values) -> list[Row]:
    """Accounts; each value also stands beside other text."""
    held = (
        {"Note": f"was {of_octopus(old_value(n))}.", "Token": of_octopus(v)} for n, v in enumerate(values)
    )
    return [Row("Account", f"Accounts-{at}", members) for at, members in enumerate(held)]


def of_octopus(value: str) -> str:
    """With a vector behind it."""
    return f"{value}|{base64_of(5)}"


def octopus_kind(name: str) -> Maker:
    """One of the kinds with all tables in one file."""

    def make(folder: Path, values: Values) -> Path:
        return octopus.MAKERS[name](folder / name, documents(values))

    make.__name__ = f"octopus {name}"
    return make


def utf_16_script(folder: Path, values: Values) -> Path:
    """As SQL Server Management Studio saves it."""
    return octopus.script(folder / "script.sql", documents(values), encoding="utf-16")


def table_folder(folder: Path, values: Values) -> Path:
    """Two tables, one of them compressed, and something else."""
    half = len(values) // 2
    rows = documents(values)
    made = folder / "tables"
    made.mkdir()
    first = octopus.json_lines_file(folder / "plain.jsonl", rows[:half]).read_bytes()
    (made / "Account.jsonl.gz").write_bytes(gzip.compress(first, mtime=0))
    octopus.csv_file(made / "Feed.csv", rows[half:])
    (made / "readme.txt").write_text(f"{of_octopus(old_value(0))}\n")
    return made


def migrator_folder(folder: Path, values: Values) -> Path:
    """A document a file, with the escapes that .NET writes, and files that are no documents."""
    made = folder / "migrator"
    (made / "Accounts").mkdir(parents=True)
    (made / "metadata.json").write_text("{}")
    (made / "Accounts" / "picture.png").write_bytes(bytes(range(256)))
    (made / ".hidden").write_text(of_octopus(old_value(0)))
    for at, row in enumerate(documents(values)):
        (made / "Accounts" / f"{at:04} «ä» \n.json").write_text(f'\ufeff{{"Id":"{row.id}",{row.json[1:]}')
    return made


MAKERS: list[Maker] = [
    export,
    csv_table,
    packed_table,
    json_lines,
    sql_dump,
    *map(octopus_kind, ("store.sql", "store.csv", "store.jsonl", "store.json")),
    utf_16_script,
    table_folder,
    migrator_folder,
]


def made(maker: Maker, folder: Path, values: Values) -> Path:
    """A store in a folder of its own."""
    folder.mkdir()
    return maker(folder, values)


def bytes_of(path: Path) -> dict[str, bytes]:
    """A store's files, decompressed, under the names that they have then."""
    if path.is_file():
        return {"": unpacked(path)}
    files = (each for each in path.rglob("*") if each.is_file())
    return {each.relative_to(path).as_posix().removesuffix(".gz"): unpacked(each) for each in files}


def unpacked(path: Path) -> bytes:
    """What a file holds."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def renewed(number: int, old: StoredCiphertext) -> StoredCiphertext | None:
    """The new value of a row that is to change."""
    value = old.value.replace(old_value(number).encode(), new_value(number).encode())
    return StoredCiphertext(value) if is_changed(number) else None


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def maker(request: pytest.FixtureRequest) -> Maker:
    """Each kind in turn."""
    found: Maker = request.param
    return found


def test_it_is_as_if_it_had_been_made_with_the_new_values(maker: Maker, tmp_path: Path) -> None:
    """The wanted records hold other values, and no other byte differs: equal values elsewhere stay."""
    old = made(maker, tmp_path / "old", [old_value(at) for at in range(COUNT)])
    values = [new_value(at) if is_changed(at) else old_value(at) for at in range(COUNT)]
    expected = bytes_of(made(maker, tmp_path / "new", values))
    assert changed(old, renewed) == (expected, ())


def test_without_changes_nothing_changes(maker: Maker, tmp_path: Path) -> None:
    """All files come out as they are, decompressed; a passkey's fingerprint is set only where one is."""
    path = made(maker, tmp_path / "old", [old_value(at) for at in range(COUNT)])
    found, blockers = changed(path, lambda _number, _old: None, fingerprint="a" * 40)
    assert found == bytes_of(path)
    assert not blockers


def test_what_is_not_there_is_told(maker: Maker, tmp_path: Path) -> None:
    """A value that is another one by now, and a record that is gone, stay as they are and are named."""
    values = [old_value(at) for at in range(COUNT)]
    store = open_store(str(made(maker, tmp_path / "then", values)))
    changes = changes_of(store, lambda at, old: renewed(at, old) if at != COUNT - 1 else old)
    records = list(sealed(store))
    values[3] = base64_of(555)
    now = made(maker, tmp_path / "now", values[:-1])
    rewriting = writer(open_store(str(now))).locate(changes)
    assert hindered(rewriting.blockers) == {BlockerKind.NOT_FOUND_AGAIN.value: (records[3], records[-1])}
    expected = [new_value(at) if is_changed(at) and at != 3 else value for at, value in enumerate(values)]
    assert content(rewriting) == bytes_of(made(maker, tmp_path / "new", expected[:-1]))


def test_a_file_that_changed_is_told(maker: Maker, tmp_path: Path) -> None:
    """What was located in other bytes is never written to its end."""
    path = made(maker, tmp_path / "old", [old_value(at) for at in range(COUNT)])
    store = open_store(str(path))
    rewriting = writer(store).locate(changes_of(store, renewed))
    last = max(each for each in (path, *path.rglob("*")) if each.is_file())
    with last.open("ab") as file:
        file.write(gzip.compress(b"\n") if last.suffix == ".gz" else b"\n")
    with pytest.raises(StoreError, match="changed while it was read"):
        content(rewriting)


def test_binary_files_and_databases_are_not_written_anew(tmp_path: Path) -> None:
    """Parquet, SQLite and offline drops are no text."""
    rows = documents([old_value(1)])
    (tmp_path / "drop").write_bytes(b"IV__" + bytes(32))
    paths = (
        octopus.parquet_file(tmp_path / "p", rows),
        octopus.sqlite_file(tmp_path / "s", rows),
        tmp_path / "drop",
    )
    assert [file_rewriter(open_store(str(path))) for path in paths] == [None] * 3
