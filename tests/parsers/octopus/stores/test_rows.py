"""What a person reads of a value: project, name, user name."""

from pathlib import Path

from parsers.stores.open import open_store
from tests.parsers.stores.reading import rows_of
from tests.support.octopus import Row, sqlite_file

VALUE = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="
SCOPE = {"Environment": ["Environments-1", "Environments-9"], "Role": ["web"], "Machine": []}


def variables(*of: dict[str, object]) -> dict[str, object]:
    return {"Variables": [{"Name": "DbPassword", "Type": "Sensitive", "Value": VALUE, **each} for each in of]}


ROWS = [
    Row("Project", "Projects-1", {}, {"Name": "WebShop", "SpaceId": "Spaces-1"}),
    Row(
        "LibraryVariableSet",
        "LibraryVariableSets-2",
        {"Templates": [{"Id": "t-1", "Name": "ApiKey"}]},
        {"Name": "Shared"},
    ),
    Row("DeploymentEnvironment", "Environments-1", {"Name": "Production"}),
    Row("Tenant", "Tenants-1", {}, {"Name": "Acme"}),
    Row("Runbook", "Runbooks-1", {"ProjectId": "Projects-1"}, {"Name": "Restore"}),
    Row(
        "VariableSet",
        "variableset-Projects-1",
        variables({"Scope": SCOPE}, {}),
        {"OwnerId": "Projects-1", "IsFrozen": 0},
    ),
    Row(
        "VariableSet",
        "variableset-Projects-1-s-3-ABCDE",
        variables({}),
        {"OwnerId": "Projects-1", "IsFrozen": 1},
    ),
    Row("VariableSet", "variableset-LibraryVariableSets-2", variables({}), {"OwnerId": "", "IsFrozen": 0}),
    Row("VariableSet", "variableset-Projects-77", variables({}), {"OwnerId": "Projects-77", "IsFrozen": 1}),
    Row(
        "TenantVariable",
        "TenantVariables-1",
        {"Value": {"SensitiveValue": VALUE}},
        {
            "TenantId": "Tenants-1",
            "OwnerId": "LibraryVariableSets-2",
            "VariableTemplateId": "t-1",
            "EnvironmentId": "Environments-1",
        },
    ),
    Row("Account", "Accounts-1", {"Username": "svc", "Password": VALUE}, {"Name": "Azure"}),
    Row(
        "DeploymentProcess",
        "deploymentprocess-Projects-1",
        {
            "Steps": [
                {
                    "Name": "Deploy",
                    "Actions": [{"Name": "Copy", "Properties": {"Token": {"SensitiveValue": VALUE}}}],
                }
            ]
        },
        {"OwnerId": "Projects-1"},
    ),
    Row(
        "DeploymentProcess",
        "RunbookProcess-Runbooks-1",
        {"Steps": [{"Actions": [{"Properties": {"Token": {"SensitiveValue": VALUE}}}]}]},
        {"OwnerId": "Runbooks-1"},
    ),
    Row("Configuration", "smtp", {"SmtpLogin": "mailer", "SmtpPassword": VALUE}),
]
TOLD = [
    ("", "account Azure, Password", "svc"),
    ("", "smtp, SmtpPassword", "mailer"),
    ("WebShop", "DbPassword (Environment Production, Environments-9; Role web)", ""),
    ("WebShop", "DbPassword", ""),
    ("WebShop", "DbPassword [frozen: s-3-ABCDE]", ""),
    ("WebShop", "step Deploy, action Copy, Token", ""),
    ("WebShop", "runbook Restore, step 1, action 1, Token", ""),
    ("Projects-77", "DbPassword [frozen: snapshot]", ""),
    ("library variable set Shared", "DbPassword", ""),
    ("library variable set Shared", "tenant Acme, variable ApiKey (Environment Production)", ""),
]


def told(path: Path) -> list[tuple[str, str, str]]:
    return rows_of(open_store(str(path))).select("project", "name", "user_name").rows()


def test_words(tmp_path: Path) -> None:
    """Owners, scopes, tenants, steps and snapshots are named; an id stands where no name is known."""
    assert sorted(told(sqlite_file(tmp_path / "o.sqlite", ROWS))) == sorted(TOLD)


def test_spaces_are_named_where_there_are_several(tmp_path: Path) -> None:
    """With one space nobody needs its name; with two it leads."""
    spaces = [Row("Space", f"Spaces-{at}", {}, {"Name": name}) for at, name in ((1, "Retail"), (2, "Labs"))]
    of_space = Row(
        "VariableSet",
        "variableset-Projects-1",
        variables({}),
        {"OwnerId": "Projects-1", "SpaceId": "Spaces-1"},
    )
    one = sqlite_file(tmp_path / "one.sqlite", [ROWS[0], spaces[0], of_space])
    two = sqlite_file(tmp_path / "two.sqlite", [ROWS[0], *spaces, of_space])
    assert told(one) == [("WebShop", "DbPassword", "")]
    assert told(two) == [("Retail / WebShop", "DbPassword", "")]


def test_doubles_of_a_name_stay_apart(tmp_path: Path) -> None:
    """Two variables of one name have the same location, and records that differ."""
    found = rows_of(open_store(str(sqlite_file(tmp_path / "o.sqlite", ROWS))))
    doubles = found.filter(found["location"] == "variableset-Projects-1/Variables[DbPassword].Value")
    assert doubles["record"].to_list() == [
        f"VariableSet:variableset-Projects-1#/Variables/{at}/Value" for at in (0, 1)
    ]


def test_half_characters_and_slashes_in_names(tmp_path: Path) -> None:
    """What no encoding can hold is shown as escapes; a pointer escapes what it must (RFC 6901)."""
    path = sqlite_file(tmp_path / "o.sqlite", [Row("Account", "Accounts-1", {"a/b~c": {"Token\x00": VALUE}})])
    half = Row("Proxy", "Proxies-1", {"Password": VALUE, "Name": "x"}, {"Name": "n"})
    assert rows_of(open_store(str(path)))["record"].to_list() == ["Account:Accounts-1#/a~1b~0c/Token\0"]
    text = half.json.replace('"x"', '"\\ud800"')
    (tmp_path / "o.jsonl").write_text('{"Id":"Proxies-1","JSON":' + text + "}\n")
    assert rows_of(open_store(str(tmp_path / "o.jsonl")))["name"].to_list() == ["proxy \\ud800, Password"]
