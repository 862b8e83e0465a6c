"""A SQLite file with the product's tables, made by the sqlite3 program."""

import json
import subprocess
import warnings
from pathlib import Path

import polars as pl
import pytest

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.stores.database.connection import sqlite_database
from parsers.stores.interface import FingerprintSeen, NotAudited, StoredValues, StoreEvent, Uncovered
from parsers.stores.schema import STORED
from parsers.unread import Unread
from tests.support.programs import need

SCHEMA = """
CREATE TABLE ec_project(id BLOB PRIMARY KEY, name TEXT);
CREATE TABLE ec_credential(id BLOB PRIMARY KEY, name TEXT, user_name TEXT, password TEXT,
                           credential_type TEXT, project_id BLOB);
CREATE TABLE ec_directory_provider(name TEXT, manager_dn TEXT, manager_password TEXT);
CREATE TABLE ec_email_config(name TEXT, mail_user TEXT, mail_user_password TEXT);
CREATE TABLE ec_devops_insight_server_config(user_name TEXT, password TEXT);
CREATE TABLE ec_user(name TEXT, password TEXT);
CREATE TABLE ec_configuration_history(passkey_fingreprint TEXT, last_use_date TEXT);
"""
ROWS = """
INSERT INTO ec_project VALUES (x'00ff', 'Demo'), (x'01ff', '/plugins/EC-JBoss/project');
INSERT INTO ec_credential VALUES
  (x'a0', 'production_root', 'root', 'zWjkbdMteM0VY1Ls3V+lwA==', 'LOCAL', x'00ff'),
  (x'a1', 'jbosscfg', 'jboss', 'zWjkbdMteM0VY1Ls3V+lwA==', NULL, x'01ff'),
  (x'a2', 'orphan', NULL, NULL, 'EXTERNAL', x'02ff');
INSERT INTO ec_directory_provider VALUES ('ldap', 'cn=manager', 'zWjkbdMteM0VY1Ls3V+lwA==');
INSERT INTO ec_email_config VALUES ('gmail', 'mailer', 'plain');
INSERT INTO ec_devops_insight_server_config VALUES ('reportuser', '');
INSERT INTO ec_user VALUES ('admin', x'00112233445566778899aabbccddeeff');
INSERT INTO ec_configuration_history VALUES
  ('95daec80877f164f13935bac14adde8cf636fe7b', '2014-05-25 05:29:38'),
  ('0123456789abcdef0123456789abcdef01234567', '2021-03-04 05:06:07'),
  ('95daec80877f164f13935bac14adde8cf636fe7b', '2019-01-01 00:00:00');
"""


def made(path: Path, sql: str) -> Path:
    subprocess.run([need("sqlite3"), str(path)], input=sql, text=True, check=True)
    return path


def events(path: Path) -> list[StoreEvent]:
    return list(CloudBeesDatabase(sqlite_database(path)).read())


def frame(found: list[StoreEvent]) -> pl.DataFrame:
    return pl.concat(event.frame for event in found if isinstance(event, StoredValues))


def test_a_foreign_key_that_is_declared_twice(tmp_path: Path) -> None:
    """SQLAlchemy warns of what it cannot make out of a schema: that is no concern of who reads the values."""
    foreign = "FOREIGN KEY(project_id) REFERENCES ec_project (id) ON DELETE CASCADE"
    twice = f"project_id BLOB, CONSTRAINT c {foreign}, {foreign}"
    path = made(tmp_path / "cd.sqlite", SCHEMA.replace("project_id BLOB", twice) + ROWS)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert frame(events(path)).filter(pl.col("name") == "jbosscfg").height == 1
    assert heard == []


def test_every_default_table_is_read(tmp_path: Path) -> None:
    """Each stored value comes with its kind, names, place and record, in the order of the tables."""
    found = frame(events(made(tmp_path / "cd.sqlite", SCHEMA + ROWS)))
    assert found.schema == STORED
    assert found.select("kind", "project", "name", "user_name").rows() == [
        ("credential", "Demo", "production_root", "root"),
        ("credential", "/plugins/EC-JBoss/project", "jbosscfg", "jboss"),
        ("credential", "", "orphan", ""),
        ("directory-provider", "", "ldap", "cn=manager"),
        ("email-config", "", "gmail", "mailer"),
        ("devops-insight", "", "DevOps Insight", "reportuser"),
        ("user", "", "admin", ""),
    ]
    assert found.select("location", "record").rows() == [
        ("/projects/Demo/credentials/production_root", "ec_credential:id=a0"),
        ("/plugins/EC-JBoss/project/credentials/jbosscfg", "ec_credential:id=a1"),
        ("/credentials/orphan", "ec_credential:id=a2"),
        ("/directoryProviders/ldap", "ec_directory_provider:name=ldap"),
        ("/emailConfigs/gmail", "ec_email_config:name=gmail"),
        ("/devOpsInsightServerConfiguration", "ec_devops_insight_server_config:user_name=reportuser"),
        ("/users/admin", "ec_user:name=admin"),
    ]
    assert found["value"].to_list() == [
        b"zWjkbdMteM0VY1Ls3V+lwA==",
        b"zWjkbdMteM0VY1Ls3V+lwA==",
        None,
        b"zWjkbdMteM0VY1Ls3V+lwA==",
        b"plain",
        None,
        bytes.fromhex("00112233445566778899aabbccddeeff"),
    ]
    assert found["credential_type"].to_list() == ["LOCAL", "", "EXTERNAL", "", "", "", ""]


def test_fingerprints_come_once_each_and_newest_first(tmp_path: Path) -> None:
    """The history's first fingerprint is the one that the server used last."""
    found = events(made(tmp_path / "cd.sqlite", SCHEMA + ROWS))
    assert [event for event in found if isinstance(event, FingerprintSeen)] == [
        FingerprintSeen(
            "ec_configuration_history", "0123456789abcdef0123456789abcdef01234567", "2021-03-04 05:06:07"
        ),
        FingerprintSeen(
            "ec_configuration_history", "95daec80877f164f13935bac14adde8cf636fe7b", "2019-01-01 00:00:00"
        ),
    ]
    assert not [event for event in found if isinstance(event, NotAudited | Uncovered)]


def test_absent_default_table_is_only_listed(tmp_path: Path) -> None:
    """A database of an older version lacks tables; that is no fault."""
    sql = "CREATE TABLE ec_user(name TEXT, password TEXT); INSERT INTO ec_user VALUES ('admin', 'x');"
    found = events(made(tmp_path / "cd.sqlite", sql))
    assert [event.place for event in found if isinstance(event, NotAudited)] == [
        "ec_configuration_history",
        "ec_credential",
        "ec_directory_provider",
        "ec_email_config",
        "ec_devops_insight_server_config",
    ]
    assert frame(found)["name"].to_list() == ["admin"]


def test_sample_estate_is_read_whole() -> None:
    """Every credential of the sample estate is found where its truth says, and nothing else."""
    folder = Path(__file__).parents[4] / "sample_logs" / "cloudbees-cd"
    truth = json.loads((folder / "truth.json").read_text("utf-8"))["credentials"]
    found = events(folder / "store" / "commander.sqlite")
    stored = frame(found).select("location", "kind", "project", "name", "user_name").sort("location").rows()
    assert stored == sorted(
        (place, one["kind"], one["project"], one["name"], one["user_name"]) for place, one in truth.items()
    )
    assert not [event for event in found if isinstance(event, Uncovered | Unread)]


def test_wrong_database_is_an_error(tmp_path: Path) -> None:
    """A database with other tables is never reported as one without problems."""
    path = made(tmp_path / "other.sqlite", "CREATE TABLE songs(name TEXT);")
    with pytest.raises(StoreError, match="wrong database"):
        events(path)
