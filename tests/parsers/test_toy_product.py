"""A product that nobody knows, given by its value alone, is asked for whatever is read."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import polars as pl
import pytest
import sqlalchemy as sa

from parsers import products
from parsers.errors import LogError, StoreError
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files
from parsers.logs.read_rotation_report import read_rotation_report
from parsers.logs.rotation_report import RotationReport
from parsers.product import DatabaseForm, KeyForms, LogForms, ProductFormats, ReportForm, StoreForms
from parsers.secret import Secret
from parsers.stores.batches import StoredRow, in_batches
from parsers.stores.database.catalogue import Catalogue, Table
from parsers.stores.database.changing.mapped_records import MappedRecords
from parsers.stores.database.changing.target import Locator
from parsers.stores.database.store import DatabaseStore
from parsers.stores.interface import Store, StoreEvent
from parsers.stores.mapping import Mapping, SecretTable
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import file_rewriter, in_place_writer
from parsers.stores.rewriting.file_rewriter import StreamRewriter
from parsers.stores.rewriting.one_file import one_file
from parsers.stores.secret_kind import SecretKind
from parsers.stores.store_file import StoreFile
from parsers.stores.store_writer import ChangeOutcome, StoredCiphertext, ValueChange
from tests.parsers.stores.reading import rows_of

SYSTEM: Final = "harbour"
MAGIC: Final = b"HARBOUR "
BERTH: Final = SecretKind(SYSTEM, "berth", "/berths/{name}")
OLD, NEW = b"c3RvcmVkIHVuZGVyIG9sZA==", b"c3RvcmVkIHVuZGVyIG5ldw=="


class Manifest:
    """A `Store` of one value: what stands behind the magic."""

    def __init__(self, file: StoreFile) -> None:
        self.file = file

    @property
    def label(self) -> str:
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        value = self.file.whole().removeprefix(MAGIC)
        row = StoredRow(SYSTEM, "berth", "", "quay", "", "berths/quay", "", "", value, None, "quay")
        with self.file.open() as leaf:
            yield from in_batches([row], leaf)


class HarbourDatabase(DatabaseStore):
    """Its values are in a table `berths`."""

    def read(self) -> Iterator[StoreEvent]:
        with self.database.reading() as connection:
            found = connection.execute(sa.text("SELECT name, sealed FROM berths")).all()
        yield from in_batches(
            [
                StoredRow(
                    SYSTEM, "berth", "", name, "", name, "", "", value.encode(), None, f"berths:name={name}"
                )
                for name, value in found
            ],
            Place(self.label),
        )

    def locator(self) -> Locator:
        berths = SecretTable(table="berths", kind=BERTH, value="sealed", key="name")
        return MappedRecords(Mapping(named=(berths,)))


class Place:
    """A store that is no file."""

    member = ""

    def __init__(self, path: str) -> None:
        self.path = path


def _file(file: StoreFile, head: bytes) -> Store | None:
    return Manifest(file) if head.startswith(MAGIC) else None


def _folder(folder: Path) -> Store | None:
    cargo = folder / "cargo"
    return Manifest(StoreFile(str(cargo))) if cargo.exists() else None


def _has_berths(catalogue: Catalogue) -> bool:
    return isinstance(catalogue.find("berths"), Table)


def _written_anew(store: Store) -> StreamRewriter | None:
    return one_file(store.file, Manifest) if isinstance(store, Manifest) else None


def _key(content: Secret) -> Secret | None:
    found = re.fullmatch(rb"anchor (\w{16})", content.reveal())
    return Secret(found[1]) if found else None


def _no(_: Secret) -> bool:
    return False


def _nothing(content: Secret, _: Path | None) -> Secret:
    return content


def _report(text: str, path: str) -> RotationReport:
    if not text.startswith("tide turned"):
        raise LogError(f"{path!r} is no report of the harbour")
    return RotationReport(path, None, 0, 5, 4, 1, ())


STORES: Final = StoreForms(
    file=_file,
    folder=_folder,
    database=DatabaseForm(_has_berths, lambda database, _: HarbourDatabase(database)),
    written_anew=_written_anew,
    folders="a harbour's papers",
)

HARBOUR: Final = ProductFormats(
    id=SYSTEM,
    logs=LogForms(layouts=(), phrases=(), kinds={}, report=ReportForm(_report, "it says 'tide turned'")),
    stores=lambda: STORES,
    keys=lambda: KeyForms(_key, _no, _nothing),
    table_kinds=(BERTH,),
)


@pytest.fixture(autouse=True)
def _harbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "PRODUCTS", (HARBOUR, *products.PRODUCTS))


def test_its_file_and_folder(tmp_path: Path) -> None:
    """Both are recognised by their content, and written anew as the product says."""
    path = tmp_path / "cargo"
    path.write_bytes(MAGIC + OLD)
    for reference in (path, tmp_path):
        store = open_store(str(reference))
        assert rows_of(store).select("system", "kind", "value").rows() == [(SYSTEM, "berth", OLD)]
    anew = file_rewriter(open_store(str(path)))
    assert anew is not None
    ((_, pieces),) = anew.locate([ValueChange("quay", StoredCiphertext(OLD), StoredCiphertext(NEW))]).files(
        fingerprint="0" * 40
    )
    assert b"".join(pieces) == MAGIC + NEW


def test_a_folder_of_nobody(tmp_path: Path) -> None:
    """The hint names what folders of each product are."""
    with pytest.raises(StoreError) as refused:
        open_store(str(tmp_path))
    assert refused.value.hint is not None
    assert "folders can be a harbour's papers, or what Octopus.Migrator writes" in refused.value.hint


def test_its_database(tmp_path: Path) -> None:
    """It is told by its tables, and changed in place by what its store says of its records."""
    path = tmp_path / "harbour.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE berths (name TEXT PRIMARY KEY, sealed TEXT)")
        database.execute("INSERT INTO berths VALUES ('quay', ?)", [OLD.decode()])
        database.commit()
    store = open_store(str(path))
    (record,) = rows_of(store)["record"]
    writer = in_place_writer(store)
    assert writer is not None
    assert writer.replace([ValueChange(record, StoredCiphertext(OLD), StoredCiphertext(NEW))]) == [
        ChangeOutcome.CHANGED
    ]
    assert rows_of(open_store(str(path)))["value"].to_list() == [NEW]


def test_rows_of_its_kind(tmp_path: Path) -> None:
    """A row of a plain table is of the product that has its kind, and lies where that product says."""
    path = tmp_path / "t.csv"
    path.write_text("kind,name,value\nberth,quay,QUJD\nuser,jane,QUJD\n,root,QUJD\n")
    found = rows_of(open_store(str(path))).select("system", "kind", "location")
    expected = [
        (SYSTEM, "berth", "/berths/quay"),
        ("cloudbees-cd", "user", "/users/jane"),
        ("cloudbees-cd", "credential", "/credentials/root"),
    ]
    assert found.equals(pl.DataFrame(expected, found.schema, orient="row"))


def test_its_key(tmp_path: Path) -> None:
    """A file in its form holds its key; every other file is what it was."""
    path = tmp_path / "k"
    path.write_bytes(b"anchor 0123456789abcdef")
    (file,) = read_key_files(str(path))
    assert isinstance(file, KeyFile)
    assert (file.form_of, file.master_key) == (SYSTEM, Secret(b"0123456789abcdef"))
    path.write_bytes(b"0123456789abcdef")
    (file,) = read_key_files(str(path))
    assert isinstance(file, KeyFile)
    assert (file.form_of, file.master_key) == ("", None)


def test_its_report(tmp_path: Path) -> None:
    """A report is of the first product that can read it; where none can, the hint says what each one says."""
    path = tmp_path / "r.txt"
    path.write_text("tide turned, 4 of 5")
    assert read_rotation_report(path).updated == 4
    path.write_text("nothing of the kind")
    with pytest.raises(LogError) as refused:
        read_rotation_report(path)
    assert refused.value.hint is not None
    assert refused.value.hint.startswith("it says 'tide turned'; or it says 'Processed")


def test_a_kind_is_of_one_product() -> None:
    """A row says by its kind whose it is, so no two products share one."""
    kinds = [(product.id, kind) for product in products.every_product() for kind in product.table_kinds]
    assert all(system == kind.system for system, kind in kinds)
    assert len(kinds) == len({kind.name for _, kind in kinds}) == len(products.table_kinds())
