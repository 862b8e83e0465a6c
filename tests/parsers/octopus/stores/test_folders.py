"""Folders as stores: one file a table, and what the Migrator writes; and files of offline drops."""

import csv
import json
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.octopus.stores.tables import table_of_file, table_of_id
from parsers.stores.interface import NotAudited, PasswordCheck, Uncovered
from parsers.stores.open import open_store
from parsers.unread import Unread
from tests.parsers.stores.reading import events, rows, rows_of

VALUE = "QodGbnfU53iwUAt0ayr+og==|AAAAAAAAAAAAAAAAAAAAAA=="
"""`Hello` under the Migrator's key from `Passw0rd123`, as published."""

VARIABLES = {"Variables": [{"Name": "Db", "Type": "Sensitive", "Value": VALUE}]}


def write_csv(path: Path, titles: list[str], row: list[str]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([titles, row])


def test_one_file_a_table(tmp_path: Path) -> None:
    """The files' names tell the tables, and owners are named from beside them; what is no table is told."""
    write_csv(tmp_path / "dbo.Project.csv", ["Id", "Name", "JSON"], ["Projects-1", "WebShop", "{}"])
    (tmp_path / "VariableSet.jsonl").write_text(
        json.dumps({"Id": "variableset-Projects-1", "OwnerId": "Projects-1", "JSON": json.dumps(VARIABLES)})
    )
    (tmp_path / "Account.txt").write_text(
        f'Accounts-1\t{{"Token":"{VALUE}"}}\nAccounts-2\t{{"Token":null}}\n'
    )
    (tmp_path / "notes.md").write_text("nothing")
    found = rows(tmp_path)
    assert found.select("location", "project").rows() == [
        ("Accounts-1/Token", ""),
        ("Accounts-2/Token", ""),
        ("variableset-Projects-1/Variables[Db].Value", "WebShop"),
    ]
    told = events(tmp_path)
    assert [each.member for each in told if isinstance(each, Unread)] == ["notes.md"]
    assert not [each for each in told if isinstance(each, Uncovered)]


def test_bare_rows_that_do_not_fit(tmp_path: Path) -> None:
    """What bcp writes has no titles; a line that is no row is told by its number."""
    path = tmp_path / "Feed.dat"
    path.write_text(f'Feeds-1,{{"Password":"{VALUE}"}}\ngarbage\nFeeds-2,{{"Password":""}}\n')
    assert rows(path)["location"].to_list() == ["Feeds-1/Password", "Feeds-2/Password"]
    assert [each.reason for each in events(path) if isinstance(each, Unread)] == [
        "row 2: no id and JSON object"
    ]


@pytest.mark.parametrize(
    "name", ["Account.csv", "accounts.csv", "dbo.Account.jsonl", "Account-2024-05-01.csv.gz"]
)
def test_tables_by_file(name: str) -> None:
    """Schema, plural, dates and endings do not matter."""
    assert table_of_file(f"/some/where/{name}") == "Account"


def test_tables_by_id() -> None:
    """An id begins with its table's word, except for extensions, which are known one by one."""
    assert table_of_id("variableset-Projects-1") == "VariableSet"
    assert table_of_id("Proxies-1") == "Proxy"
    assert table_of_id("issuetracker-github") == "ExtensionConfiguration"
    assert table_of_id("certificate-global") == "Configuration"
    assert table_of_id("Somethings-1") == "Somethings"
    assert table_of_id("smtp") == "document"


def migrator_folder(folder: Path) -> Path:
    """An export with each kind of file."""
    files = {
        "metadata.json": {"Version": "3.0", "Hello": VALUE},
        "Accounts/Azure.json": {
            "$type": "Octopus.Core.A, Octopus.Core",
            "Id": "Accounts-1",
            "Name": "Azure",
            "Token": VALUE,
        },
        "Projects/Shop/Shop.json": {"$type": "x", "Id": "Projects-1", "Name": "Shop"},
        "Projects/Shop/Shop-VariableSet.json": {"$type": "x", "Id": "variableset-Projects-1", **VARIABLES},
        "Tenants/Acme/Acme-variables-Shop.json": {
            "$type": "x",
            "Id": "TenantVariables-1",
            "Value": {"SensitiveValue": VALUE},
        },
        "Feeds/Nuget.json": {"$type": "x", "Id": "Feeds-1", "Password": VALUE},
        "New/Thing.json": {"$type": "Octopus.Core.Things.Thing, Octopus.Core", "Secret": VALUE},
    }
    for name, members in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(members), encoding="utf-8-sig")
    return folder


def test_migrator(tmp_path: Path) -> None:
    """Documents come from their files, the password's check apart, and a new type is told."""
    folder = migrator_folder(tmp_path)
    found = rows(folder)
    assert found.select("location", "project", "name").rows() == [
        ("Accounts-1/Token", "", "account Azure, Token"),
        ("Feeds-1/Password", "", "feed Feeds-1, Password"),
        ("New/Thing/Secret", "", "thing New/Thing, Secret"),
        ("variableset-Projects-1/Variables[Db].Value", "Shop", "Db"),
        ("TenantVariables-1/Value.SensitiveValue", "", "tenant variable TenantVariables-1"),
    ]
    told = events(folder)
    assert [each for each in told if isinstance(each, PasswordCheck)] == [
        PasswordCheck(str(folder), VALUE.encode(), "metadata:metadata.json#/Hello")
    ]
    assert [each.place for each in told if isinstance(each, Uncovered)] == ["Thing.Secret"]


def test_migrator_with_faults(tmp_path: Path) -> None:
    """A damaged file is told by name and the others are read; without a Hello nothing checks the password."""
    folder = migrator_folder(tmp_path)
    (folder / "Feeds" / "Nuget.json").write_text("{")
    (folder / "metadata.json").write_text("{}")
    told = events(folder)
    assert [each.member for each in told if isinstance(each, Unread)] == ["Feeds/Nuget.json"]
    assert "cannot be checked" in next(each.reason for each in told if isinstance(each, NotAudited))
    assert rows(folder).height == 4


def test_other_folders_are_refused(tmp_path: Path) -> None:
    """A folder that is neither is an error, not an empty store."""
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(StoreError, match="unrecognised store format"):
        open_store(str(tmp_path))


def test_offline_drop(tmp_path: Path) -> None:
    """The file is the value."""
    path = tmp_path / "variables.secret"
    path.write_bytes(b"IV__" + bytes(48))
    found = rows_of(open_store(str(path)))
    assert found.select("system", "location", "value").rows() == [
        ("octopus", "variables.secret", path.read_bytes())
    ]
