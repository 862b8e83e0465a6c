"""The store as a CSV file and as a SQLite file."""

import csv
import io
import sqlite3
from collections.abc import Sequence
from typing import Final

from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.story import CURRENT, OLDER
from sample_logs.generator.dice import Dice

_COLUMNS: Final = ("kind", "project", "name", "user_name", "value", "location", "credential_type")

_TABLES: Final = """
CREATE TABLE ec_project (id BLOB PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE ec_credential (id BLOB PRIMARY KEY, name TEXT NOT NULL, user_name TEXT, password TEXT,
                            credential_type TEXT, project_id BLOB REFERENCES ec_project (id));
CREATE TABLE ec_directory_provider (id BLOB PRIMARY KEY, name TEXT NOT NULL, manager_dn TEXT,
                                    manager_password TEXT);
CREATE TABLE ec_email_config (id BLOB PRIMARY KEY, name TEXT NOT NULL, mail_user TEXT,
                              mail_user_password TEXT);
CREATE TABLE ec_devops_insight_server_config (id BLOB PRIMARY KEY, user_name TEXT, password TEXT);
CREATE TABLE ec_user (id BLOB PRIMARY KEY, name TEXT NOT NULL, password TEXT);
CREATE TABLE ec_configuration_history (passkey_fingreprint TEXT, last_use_date TEXT);
"""
"""The spelling of `passkey_fingreprint` is the product's own (KBEC-00497). The tables of credentials are
inferred by the product's rule for names, and ids are 16-byte UUIDs, as from version 5.0."""

_INSERTS: Final = {
    "directory-provider": "INSERT INTO ec_directory_provider VALUES (:id, :name, :user_name, :value)",
    "email-config": "INSERT INTO ec_email_config VALUES (:id, :name, :user_name, :value)",
    "devops-insight": "INSERT INTO ec_devops_insight_server_config VALUES (:id, :user_name, :value)",
    "user": "INSERT INTO ec_user VALUES (:id, :name, :value)",
    "credential": "INSERT INTO ec_credential VALUES"
    " (:id, :name, :user_name, :value, :credential_type, :project_id)",
}

_HISTORY: Final = ((OLDER.fingerprint, "2021-02-06 07:36:41"), (CURRENT.fingerprint, "2021-03-22 02:10:37"))

_VERSION_AT: Final = 96
_VERSION: Final = (3_040_001).to_bytes(4, "big")


def csv_table(rows: Sequence[StoredCredential]) -> bytes:
    """UTF-8, comma, a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        place = row.place
        cells = (place.kind, place.project, place.name, place.user_name, row.sealed.value, place.location)
        writer.writerow([*cells, row.credential_type])
    return text.getvalue().encode()


def sqlite_file(rows: Sequence[StoredCredential]) -> bytes:
    """A database file; the header's number of the SQLite library that wrote it is always the same."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_TABLES)
        projects = _projects(rows)
        connection.executemany(
            "INSERT INTO ec_project VALUES (?, ?)", ((key, name) for name, key in projects.items())
        )
        for row in rows:
            connection.execute(_INSERTS[row.place.kind], _values(row, projects))
        connection.executemany("INSERT INTO ec_configuration_history VALUES (?, ?)", _HISTORY)
        connection.commit()
        content = connection.serialize()
    finally:
        connection.close()
    return content[:_VERSION_AT] + _VERSION + content[_VERSION_AT + 4 :]


def _projects(rows: Sequence[StoredCredential]) -> dict[str, bytes]:
    names = dict.fromkeys(row.place.project for row in rows if row.place.project)
    return {name: Dice(f"project {name}").uuid().bytes for name in names}


def _values(row: StoredCredential, projects: dict[str, bytes]) -> dict[str, str | bytes | None]:
    return {
        "id": row.id.bytes,
        "name": row.place.name,
        "user_name": row.place.user_name,
        "value": row.sealed.value or None,
        "credential_type": row.credential_type,
        "project_id": projects.get(row.place.project),
    }
