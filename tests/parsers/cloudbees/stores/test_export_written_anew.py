"""Exports that are written anew."""

import gzip
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.store_writer import BlockerKind, StoredCiphertext
from tests.parsers.stores.rewriting.rewritten import base64_of, changed, hindered

OLD, NEW, OTHER = base64_of(1), base64_of(2, size=32), base64_of(3)
PRINT = "95daec80877f164f13935bac14adde8cf636fe7b"


def with_new(_number: int, old: StoredCiphertext) -> StoredCiphertext:
    """The new value, with what stands around the old one."""
    return StoredCiphertext(old.value.replace(OLD.encode(), NEW.encode()))


def export(passwords: str, root: str = "<exportedData>") -> str:
    """An export with `password` elements as given."""
    credentials = f"<credential><credentialName>c</credentialName>{passwords}</credential>"
    project = f"<project><projectName>P</projectName>{credentials}</project>"
    return f'<?xml version="1.0"?>\n{root}{project}</exportedData>'


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.xml"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("<password>", "</password>"),
        ("<password kind='x'><![CDATA[", "]]></password>"),
        ("<password>\n  ", "\t</password>"),
        (f"<password><!-- {OLD} -->", f"<!--{OLD}--></password>"),
        (f"<secret>{OLD}</secret><password x='{OLD}'>", f"</password><password2>{OLD}</password2>"),
    ],
    ids=["usual", "section", "space", "comments", "others"],
)
def test_only_the_value_of_the_element_changes(tmp_path: Path, before: str, behind: str) -> None:
    """Comments, sections, white space, attributes and elements of other names stay."""
    path = written(tmp_path, export(f"{before}{OLD}{behind}"))
    assert changed(path, with_new) == ({"": export(f"{before}{NEW}{behind}").encode()}, ())


@pytest.mark.parametrize(
    "password",
    [f"{OLD[:5]}<!-- x -->{OLD[5:]}", f"&#{ord(OLD[0])};{OLD[1:]}", f"{OLD[:12]}\n{OLD[12:]}"],
    ids=["comment", "reference", "line break"],
)
def test_what_is_not_written_plainly_stays(tmp_path: Path, password: str) -> None:
    """The record is named, and the file's bytes stay, with the same value in a comment too."""
    text = export(f"<!--{OLD}--><password>{password}</password>")
    path = written(tmp_path, text)
    found, blockers = changed(path, lambda _number, _old: StoredCiphertext(NEW.encode()))
    assert list(hindered(blockers)) == [BlockerKind.NOT_WRITTEN_PLAINLY.value]
    assert found[""].decode() == text
    assert OLD not in repr(blockers)


@pytest.mark.parametrize(
    "new", [b"not <plain>", f"{OLD}|{OLD}".encode(), f" {NEW}".encode()], ids=["markup", "bar", "space"]
)
def test_a_value_that_cannot_stand_there_is_refused(tmp_path: Path, new: bytes) -> None:
    """What would mean something else in the file, or not be read as given, is never written."""
    text = export(f"<password>{OLD}</password>")
    found, blockers = changed(written(tmp_path, text), lambda _number, _old: StoredCiphertext(new))
    assert list(hindered(blockers)) == [BlockerKind.NOT_WRITTEN_PLAINLY.value]
    assert found[""].decode() == text


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", ""), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff")],
)
@pytest.mark.parametrize(
    "root",
    [
        f'<exportedData version="63" passkey="{PRINT}">',
        f"<exportedData\n passkey = '{PRINT.upper()}' version='1>2'>",
        f'<!-- <exportedData passkey="{PRINT}"> ü\U0001f511 --><exportedData x="{PRINT}" passkey="{PRINT}" >',
    ],
    ids=["usual", "capitals", "decoy"],
)
def test_fingerprint(tmp_path: Path, root: str, encoding: str, mark: str) -> None:
    """The attribute of the root element names the new passkey, whatever the quotes, order and encoding."""
    text = mark + export(f"<password>{OLD}</password>", root)
    path = written(tmp_path, text, encoding)
    found, _ = changed(path, with_new, fingerprint="b" * 40)
    at = text.lower().rindex(PRINT)
    expected = f"{text[:at]}{'b' * 40}{text[at + 40 :]}".replace(OLD, NEW)
    assert found[""] == expected.encode(encoding)


def test_an_export_without_a_fingerprint_gets_none(tmp_path: Path) -> None:
    """Version 3.5 wrote none."""
    text = export(f"<password>{OLD}</password>", '<exportedData version="3.5">')
    found, _ = changed(written(tmp_path, text), with_new, fingerprint="b" * 40)
    assert found[""].decode() == text.replace(OLD, NEW)


def test_a_root_element_that_is_far_away_is_told(tmp_path: Path) -> None:
    """Nothing is written with the wrong fingerprint."""
    text = export(f"<password>{OLD}</password>", f"<!--{'x' * 70_000}--><exportedData passkey='{PRINT}'>")
    path = written(tmp_path, text)
    with pytest.raises(StoreError, match="root element"):
        changed(path, with_new, fingerprint="b" * 40)


def test_compressed_source(tmp_path: Path) -> None:
    """It is written decompressed."""
    text = export(f"<password>{OLD}</password>")
    path = tmp_path / "export.xml.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert changed(path, with_new) == ({"": text.replace(OLD, NEW).encode()}, ())


def test_a_long_line(tmp_path: Path) -> None:
    """16 MB without a line's end, and a name of as many characters of base64."""
    many = "".join(f"<x>{OLD}</x><y>{'A' * 1000}</y>" for _ in range(14_000))
    text = export(f"<description>{'A' * (1 << 20)}{OLD}</description>{many}<password>{OLD}</password>")
    found, blockers = changed(written(tmp_path, text), with_new)
    assert found[""].decode() == text.replace(f"<password>{OLD}", f"<password>{NEW}")
    assert not blockers
