"""Exports made to harm the reader."""

import tracemalloc
from pathlib import Path

import pytest

from parsers.cloudbees.stores.export import MAX_TAG_BYTES
from parsers.errors import StoreError
from tests.parsers.stores.reading import events, rows, unread

SECRET_FILE = "known only to this machine"


def test_external_entities_are_refused(tmp_path: Path) -> None:
    """A document that names an outside file is refused before anything is read of it."""
    outside = tmp_path / "outside"
    outside.write_text(SECRET_FILE)
    path = tmp_path / "e.xml"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE exportedData [<!ENTITY x SYSTEM "{outside.as_uri()}">]>'
        "<exportedData><credential><credentialName>&x;</credentialName><password>&x;</password></credential>"
        "</exportedData>"
    )
    with pytest.raises(StoreError, match="document type") as caught:
        events(path)
    assert SECRET_FILE not in str(caught.value)


def test_billion_laughs_are_refused(tmp_path: Path) -> None:
    """Entities that multiply are not even declared."""
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path = tmp_path / "e.xml"
    path.write_text(f'<!DOCTYPE x [<!ENTITY l0 "ha">{layers}]><exportedData><a>&l9;</a></exportedData>')
    with pytest.raises(StoreError, match="document type"):
        events(path)


def test_an_outside_document_type_is_refused(tmp_path: Path) -> None:
    """A document type elsewhere is neither fetched nor ignored."""
    path = tmp_path / "e.xml"
    path.write_text('<!DOCTYPE exportedData SYSTEM "http://127.0.0.1:1/x.dtd"><exportedData/>')
    with pytest.raises(StoreError, match="document type"):
        events(path)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    """300,000 levels end with a clear error, not with the interpreter."""
    path = tmp_path / "e.xml"
    path.write_text("<exportedData>" + "<a>" * 300_000 + "</a>" * 300_000 + "</exportedData>")
    with pytest.raises(StoreError, match="nested more than 1000 deep"):
        events(path)


def test_deep_nesting_behind_a_credential(tmp_path: Path) -> None:
    """What came before the abyss counts."""
    path = tmp_path / "e.xml"
    known = "<credential><credentialName>c</credentialName><password>eA==</password></credential>"
    path.write_text(f"<exportedData>{known}" + "<a>" * 300_000)
    assert rows(path)["name"].to_list() == ["c"]
    assert ["nested" in fault.reason for fault in unread(path)] == [True]


def test_one_endless_tag(tmp_path: Path) -> None:
    """A tag that never ends stops at a limit, in bounded memory."""
    path = tmp_path / "e.xml"
    with path.open("wb") as file:
        file.write(b'<exportedData a="')
        for _ in range(40):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    with pytest.raises(StoreError, match="a tag of more than 16 MiB"):
        events(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MAX_TAG_BYTES  # expat doubles its buffer as it grows


@pytest.mark.parametrize(
    "content",
    [
        b"<",
        b"<exportedData",
        b"<exportedData>\xff\xfe</exportedData>",
        b"<exportedData>&nothing;</exportedData>",
        b'<?xml version="1.0" encoding="shift_jis"?><exportedData/>',
        b'<?xml version="1.0" encoding="no-such-code"?><exportedData/>',
        b"<exportedData>\x00</exportedData>",
        b"<exportedData></exportedData></exportedData>",
    ],
)
def test_broken_from_the_start(tmp_path: Path, content: bytes) -> None:
    """Nothing but the room's own error comes out."""
    path = tmp_path / "e.xml"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        events(path)
