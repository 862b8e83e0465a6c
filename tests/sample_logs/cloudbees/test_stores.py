"""The forms of the credential store, read here with other readers than the project's own."""

import csv
import gzip
import io
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sample_logs.generator.cloudbees.credentials import StoredCredential, stored_credentials
from sample_logs.generator.cloudbees.estate import cloudbees_files
from sample_logs.generator.cloudbees.story import CURRENT, LABS, OLDER, Passkey
from tests.support.programs import need

Row = tuple[str, str, str, str, str, str]
"""Kind, project, name, user name, value, credential type."""

ELEMENTS = {
    "directoryProvider": ("directory-provider", "directoryProviderName", "managerDn", "managerPassword"),
    "emailConfig": ("email-config", "emailConfigName", "mailUser", "mailUserPassword"),
    "devOpsInsightServerConfiguration": ("devops-insight", "", "userName", "password"),
    "user": ("user", "userName", "", "password"),
}

QUERY = """
SELECT 'credential', p.name, c.name, c.user_name, c.password, c.credential_type
  FROM ec_credential c JOIN ec_project p ON p.id = c.project_id
UNION ALL SELECT 'directory-provider', '', name, manager_dn, manager_password, '' FROM ec_directory_provider
UNION ALL SELECT 'email-config', '', name, mail_user, mail_user_password, '' FROM ec_email_config
UNION ALL SELECT 'devops-insight', '', 'DevOps Insight', user_name, password, ''
  FROM ec_devops_insight_server_config
UNION ALL SELECT 'user', '', name, '', password, '' FROM ec_user
"""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return cloudbees_files()


@pytest.fixture(scope="module")
def expected() -> list[Row]:
    return sorted(row_of(row) for row in stored_credentials())


@pytest.fixture
def database(files: dict[str, bytes], tmp_path: Path) -> Path:
    path = tmp_path / "commander.sqlite"
    path.write_bytes(files["store/commander.sqlite"])
    return path


def row_of(row: StoredCredential) -> Row:
    place = row.place
    return place.kind, place.project, place.name, place.user_name, row.sealed.value, row.credential_type


def text(element: ET.Element, child: str) -> str:
    return element.findtext(child, "") if child else ""


def exported(content: bytes) -> Iterator[Row]:
    root = ET.fromstring(content)
    for project in root.iter("project"):
        for credential in project.iter("credential"):
            user_name, value = text(credential, "userName"), text(credential, "password")
            names = text(project, "projectName"), text(credential, "credentialName")
            yield "credential", *names, user_name, value, text(credential, "credentialType")
    for tag, (kind, name, user, secret) in ELEMENTS.items():
        for element in root.iter(tag):
            yield (
                kind,
                "",
                text(element, name) or "DevOps Insight",
                text(element, user),
                text(element, secret),
                "",
            )


def test_the_export_holds_every_row(files: dict[str, bytes], expected: list[Row]) -> None:
    """The XML parses, and its rows are those of the truth."""
    assert sorted(exported(files["store/export.xml"])) == expected


def test_the_export_compressed_is_the_same(files: dict[str, bytes]) -> None:
    """`.xml.gz` unpacks to the same bytes, and carries no time stamp."""
    packed = files["store/export.xml.gz"]
    assert gzip.decompress(packed) == files["store/export.xml"]
    assert packed[4:8] == bytes(4)


def test_the_table_holds_every_row(files: dict[str, bytes], expected: list[Row]) -> None:
    """The CSV has the default columns, and its rows are those of the truth."""
    rows = list(csv.DictReader(io.StringIO(files["store/credentials.csv"].decode(), newline="")))
    columns = ("kind", "project", "name", "user_name", "value", "credential_type")
    assert sorted(tuple(row[column] for column in columns) for row in rows) == expected
    locations = {row.place.location for row in stored_credentials()}
    assert {row["location"] for row in rows} == locations


def test_the_database_holds_every_row(database: Path, expected: list[Row]) -> None:
    """SQLite joins credentials to projects, and their ids are binary UUIDs."""
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute(QUERY).fetchall()
        ids = connection.execute("SELECT DISTINCT typeof(id), length(id) FROM ec_credential").fetchall()
    finally:
        connection.close()
    assert sorted((*row[:4], row[4] or "", row[5]) for row in rows) == expected
    assert ids == [("blob", 16)]


def test_the_sqlite_program_finds_no_fault(database: Path) -> None:
    """Its integrity check is happy, and the newest passkey of the history is the current one."""
    history = "SELECT passkey_fingreprint FROM ec_configuration_history ORDER BY last_use_date"
    script = f"PRAGMA integrity_check; {history}"
    command = [need("sqlite3"), str(database), script]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert out.split() == ["ok", OLDER.fingerprint, CURRENT.fingerprint]


@pytest.mark.parametrize(("name", "key"), [("store/export.xml", CURRENT), ("store/imported-2017.xml", LABS)])
def test_exports_name_their_passkey(files: dict[str, bytes], name: str, key: Passkey) -> None:
    """The root's `passkey` is the fingerprint of the exporting server's key; that of the labs is missing."""
    fingerprint = ET.fromstring(files[name]).get("passkey")
    assert fingerprint == key.fingerprint
    assert any(CURRENT.content == content for content in files.values())
    assert not any(LABS.content in content for content in files.values())


def test_look_alikes_are_there(files: dict[str, bytes]) -> None:
    """Steps refer to credentials by bare elements that hold no value."""
    root = ET.fromstring(files["store/export.xml"])
    steps = list(root.iter("step"))
    assert steps
    for step in steps:
        assert step.find("credentialName") is not None
        assert step.find("credentialProtected") is not None
        assert step.find("credential") is None


def test_owners_leave_some_unowned(files: dict[str, bytes]) -> None:
    """The owners' patterns fit most locations, and not all."""
    from fnmatch import fnmatchcase

    patterns = [
        row["pattern"] for row in csv.DictReader(io.StringIO(files["owners.csv"].decode(), newline=""))
    ]
    locations = [row.place.location for row in stored_credentials()]
    owned = [place for place in locations if any(fnmatchcase(place, pattern) for pattern in patterns)]
    assert len(locations) / 2 < len(owned) < len(locations)
