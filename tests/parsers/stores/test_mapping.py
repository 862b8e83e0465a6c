"""Mapping files: what they say, and what is said of bad ones."""

from pathlib import Path

import pytest

from parsers.cloudbees.kinds import CREDENTIAL, USER
from parsers.errors import StoreError
from parsers.stores.default_mapping import DEFAULT_MAPPING, read_mapping
from parsers.stores.mapping import HistoryTable, Mapping, ProjectTable, SecretTable


def written(folder: Path, content: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(content, "utf-8")
    return path


def test_whole_file(tmp_path: Path) -> None:
    """Every part of a mapping can be named."""
    content = """
        defaults = false

        [[tables]]
        table = "ec_vault"
        kind = "credential"
        value = "secret"
        key = "uuid"
        name = "label"
        user_name = "login"
        credential_type = "type"
        modified = "changed"
        iv = "nonce"
        location = "{project}/vault/{name}"
        project = { column = "owner", table = "ec_area", key = "uuid", name = "label" }

        [history]
        table = "ec_passkeys"
        fingerprints = ["sha1"]
        last_used = "seen"
    """
    vault = SecretTable(
        table="ec_vault", kind=CREDENTIAL, value="secret", key="uuid", name="label", user_name="login",
        credential_type="type", modified="changed", iv="nonce", location="{project}/vault/{name}",
        project=ProjectTable(column="owner", table="ec_area", key="uuid", name="label"),
    )  # fmt: skip
    history = HistoryTable(table="ec_passkeys", fingerprints=("sha1",), last_used="seen")
    assert read_mapping(written(tmp_path, content)) == Mapping(named=(vault,), inferred=(), history=history)


def test_table_of_the_file_replaces_the_default(tmp_path: Path) -> None:
    """The other defaults stay; capitals make no difference."""
    content = '[[tables]]\ntable = "EC_USER"\nkind = "user"\nvalue = "secret"\n'
    found = read_mapping(written(tmp_path, content))
    assert found.named == (SecretTable(table="EC_USER", kind=USER, value="secret"),)
    assert found.inferred == DEFAULT_MAPPING.inferred[:-1]


def test_empty_file_is_the_default(tmp_path: Path) -> None:
    """A file that says nothing changes nothing."""
    assert read_mapping(written(tmp_path, "")) == DEFAULT_MAPPING


TABLE = '[[tables]]\ntable = "t"\nkind = "user"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[tables]]\n", "tables.0.table: field required"),
        ('[[tables]]\ntable = ""\nkind = "user"\nvalue = "v"', "tables.0.table: string should have at least"),
        ('[[tables]]\ntable = "t"\nkind = "vault"\nvalue = "v"', "tables.0.kind: input should be"),
        (TABLE + 'value = "v"\nvaule = "v"', "tables.0.vaule: extra inputs"),
        (TABLE + "value = 1", "tables.0.value: input should be a valid string"),
        (TABLE + 'value = "v"\nlocation = "{password}"', "only {project} and {name}"),
        ("tables = 3", "tables: input should be"),
        ("a = ", "is not TOML"),
        ("a = " + "[" * 100_000, "is not TOML"),
    ],
)  # fmt: skip
def test_faults_are_named_in_one_line(tmp_path: Path, content: str, message: str) -> None:
    """Where in the file, and what is wrong there."""
    with pytest.raises(StoreError) as caught:
        read_mapping(written(tmp_path, content))
    assert message in caught.value.message
    assert "mapping.toml" in caught.value.message
    assert "\n" not in caught.value.message


def test_unreadable_files(tmp_path: Path) -> None:
    """Neither a missing file nor one that is no text is a mapping."""
    with pytest.raises(StoreError, match="No such file"):
        read_mapping(tmp_path / "nowhere.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="is not TOML"):
        read_mapping(tmp_path / "bytes.toml")
