"""Every document of the estate, as a row of its table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sample_logs.generator.dice import Dice
from sample_logs.generator.octopus.values import Fate, Value, Values

_SEED: Final = "octopus documents 1"
_PROJECTS: Final = {"Projects-1": "Web Shop", "Projects-2": "Payments", "Projects-3": "Kiosk"}
_ENVIRONMENTS: Final = {"Environments-1": "Production", "Environments-2": "Staging"}
_VARIABLES: Final = ("DbPassword", "ApiKey", "SmtpPassword", "StorageKey", "SigningSecret")
_ACCOUNTS: Final = (
    ("Azure", "Password"),
    ("AWS", "SecretKey"),
    ("Deploy key", "PrivateKeyFile"),
    ("Build bot", "Token"),
)
_ODD_ACCOUNTS: Final = {
    "Old printer": Fate.WITHOUT_VECTOR,
    "Imported": Fate.NEVER_SEALED,
    "Unused": Fate.EMPTY,
}
_LEFT_BEHIND: Final = ("authentication-aad", "issuetracker-azuredevops-v2", "issuetracker-github")
"""What rotations are known to leave: OctopusDeploy/Issues #8111, #9019."""


@dataclass(frozen=True, slots=True)
class Document:
    """A row of a table; `values` by their place in the JSON, as a pointer (RFC 6901)."""

    table: str
    id: str
    members: Mapping[str, object]
    columns: Mapping[str, str | int] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """As the server writes it."""
        return json.dumps(self.members, separators=(",", ":"))


def documents() -> list[Document]:
    """All of them, in the order of the tables."""
    made = list(_all(Values(Dice(_SEED))))
    order = list(dict.fromkeys(document.table for document in made))
    return sorted(made, key=lambda document: order.index(document.table))


def _all(values: Values) -> Iterator[Document]:
    yield Document("Space", "Spaces-1", {}, {"Name": "Default"})
    for id_, name in _ENVIRONMENTS.items():
        yield Document("DeploymentEnvironment", id_, {"Name": name}, {"Name": name, "SpaceId": "Spaces-1"})
    for id_, name in _PROJECTS.items():
        yield Document("Project", id_, {"Description": ""}, {"Name": name, "SpaceId": "Spaces-1"})
        fate = Fate.LOST if name == "Kiosk" else Fate.ROTATED
        yield _variable_set(values, id_, fate)
        yield _variable_set(values, id_, fate, snapshot="s-3-KM7QD")
        yield _process(values, id_, fate)
    yield Document("LibraryVariableSet", "LibraryVariableSets-1", {}, {"Name": "Shared"})
    yield _variable_set(values, "LibraryVariableSets-1", Fate.ROTATED)
    for number, (name, member) in enumerate(_ACCOUNTS, 1):
        value = values.make(Fate.ROTATED, long=member == "PrivateKeyFile")
        account = Document("Account", f"Accounts-{number}", {"Username": "svc"}, {"Name": name})
        yield _holding(account, member, value)
    for number, (name, odd) in enumerate(_ODD_ACCOUNTS.items(), len(_ACCOUNTS) + 1):
        account = Document("Account", f"Accounts-{number}", {}, {"Name": name})
        yield _holding(account, "Password", values.make(odd))
    feed = Document("Feed", "Feeds-1", {"Username": "reader"}, {"Name": "NuGet"})
    yield _holding(feed, "Password", values.make(Fate.ROTATED))
    certificate = Document("Certificate", "Certificates-1", {}, {"Name": "*.shop.example"})
    yield _holding(certificate, "CertificateData", values.make(Fate.ROTATED, long=True))
    for id_ in (*_LEFT_BEHIND, "jira-integration"):
        yield _extension(id_, values.make(Fate.LEFT_BEHIND if id_ in _LEFT_BEHIND else Fate.ROTATED))
    smtp = Document("Configuration", "smtp", {"SmtpLogin": "mailer"})
    yield _holding(smtp, "SmtpPassword", values.make(Fate.ROTATED))


def _variable_set(values: Values, owner: str, fate: Fate, *, snapshot: str = "") -> Document:
    """Its first variable stands there twice, once for each environment."""
    names = (_VARIABLES[0], *_VARIABLES)
    made = [values.make(fate) for _ in names]
    variables: list[dict[str, object]] = [
        {"Name": name, "Type": "Sensitive", "Value": value.text, "Scope": {}}
        for name, value in zip(names, made, strict=True)
    ]
    for variable, environment in zip(variables, _ENVIRONMENTS, strict=False):
        variable["Scope"] = {"Environment": [environment]}
    variables.append({"Name": "Greeting", "Type": "String", "Value": "hello", "Scope": {}})
    return Document(
        "VariableSet",
        f"variableset-{owner}" + (f"-{snapshot}" if snapshot else ""),
        {"Variables": variables},
        {"OwnerId": owner, "Version": 7, "IsFrozen": int(bool(snapshot)), "SpaceId": "Spaces-1"},
        {f"/Variables/{at}/Value": value for at, value in enumerate(made)},
    )


def _process(values: Values, owner: str, fate: Fate) -> Document:
    value = values.make(fate)
    action = {
        "Name": "Restart",
        "Properties": {"Shop.Token": {"IsSensitive": True, "SensitiveValue": value.text}},
    }
    return Document(
        "DeploymentProcess",
        f"deploymentprocess-{owner}",
        {"Steps": [{"Name": "Deploy", "Actions": [action]}]},
        {"OwnerId": owner, "Version": 2, "IsFrozen": 0},
        {"/Steps/0/Actions/0/Properties/Shop.Token/SensitiveValue": value},
    )


def _holding(document: Document, member: str, value: Value) -> Document:
    """The document with a value in a member of its own."""
    members = {**document.members, member: value.text}
    return replace(document, members=members, values={f"/{member}": value})


def _extension(id_: str, value: Value) -> Document:
    shapes: dict[str, tuple[dict[str, object], str]] = {
        "authentication-aad": ({"ClientId": "9d1", "ClientSecret": value.text}, "/ClientSecret"),
        "issuetracker-azuredevops-v2": (
            {"Connections": [{"BaseUrl": "https://dev.example", "PersonalAccessToken": value.text}]},
            "/Connections/0/PersonalAccessToken",
        ),
        "issuetracker-github": (
            {"ReleaseNoteOptions": {"Username": "bot", "Password": value.text}},
            "/ReleaseNoteOptions/Password",
        ),
        "jira-integration": ({"Password": value.text}, "/Password"),
    }
    members, place = shapes[id_]
    columns = {"ExtensionAuthor": "Octopus Deploy", "Name": id_}
    return Document("ExtensionConfiguration", id_, members, columns, {place: value})
