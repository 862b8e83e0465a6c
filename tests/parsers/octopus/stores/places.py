"""Every place where Octopus is known to keep an encrypted string, each with the location that it must get."""

from collections.abc import Callable
from typing import Final

from tests.support.octopus import Members, Row

Make = Callable[[str], Members]


def _step(value: str) -> Members:
    action = {"Name": "Copy", "Properties": {"Octopus.Token": {"SensitiveValue": value}, "Plain": "x"}}
    return {"Steps": [{"Name": "Deploy", "Actions": [action]}]}


def _parameter(value: str) -> Members:
    return {"Parameters": [{"Name": "ApiKey", "DefaultValue": {"SensitiveValue": value}}]}


def _template(value: str) -> Members:
    return {"Templates": [{"Name": "Token", "Id": "t-1", "DefaultValue": {"SensitiveValue": value}}]}


def _member(*path: str) -> Make:
    def make(value: str) -> Members:
        inner: object = value
        for name in reversed(path):
            inner = {name: inner}
        assert isinstance(inner, dict)
        return inner

    return make


def _variable(**kind: object) -> Make:
    return lambda value: {"Variables": [{"Name": "DbPassword", "Value": value, **kind}]}


_SENSITIVE: Final = _variable(Type="Sensitive")
_STEP: Final = "Steps[Deploy].Actions[Copy].Properties.Octopus.Token.SensitiveValue"

PLACES: Final[list[tuple[str, str, Make, str]]] = [
    ("VariableSet", "variableset-Projects-1", _SENSITIVE, "Variables[DbPassword].Value"),
    ("VariableSet", "variableset-Projects-2", _variable(IsSensitive=True), "Variables[DbPassword].Value"),
    ("VariableSet", "variableset-Projects-1-s-3-ABCDE", _SENSITIVE, "Variables[DbPassword].Value"),
    *(
        ("Account", f"Accounts-{number}", _member(name), name)
        for number, name in enumerate(
            [
                "Password",
                "SecretKey",
                "JsonKey",
                "PrivateKeyPassphrase",
                "PrivateKeyFile",
                "Token",
                "CertificateBytes",
            ]
        )
    ),
    ("TenantVariable", "TenantVariables-1", _member("Value", "SensitiveValue"), "Value.SensitiveValue"),
    *(
        ("Feed", f"Feeds-{name}", _member(name), name)
        for name in ("Password", "SecretKey", "ServiceAccountJsonKey")
    ),
    *(
        ("Certificate", f"Certificates-{name}", _member(name), name)
        for name in ("CertificateData", "Password")
    ),
    ("GitCredential", "GitCredentials-1", _member("details", "Password"), "details.Password"),
    ("ActionTemplate", "ActionTemplates-1", _parameter, "Parameters[ApiKey].DefaultValue.SensitiveValue"),
    (
        "ActionTemplateVersion",
        "ActionTemplates-1@1",
        _parameter,
        "Parameters[ApiKey].DefaultValue.SensitiveValue",
    ),
    ("DeploymentProcess", "deploymentprocess-Projects-1", _step, _STEP),
    ("DeploymentProcess", "RunbookProcess-Runbooks-1", _step, _STEP),
    ("DeploymentProcess", "deploymentprocess-Projects-1-s-0-AAAAA", _step, _STEP),
    *(
        (table, f"{table}s-{name}", _member("Endpoint", name), f"Endpoint.{name}")
        for table in ("Machine", "Worker")
        for name in ("SensitiveVariablesEncryptionPassword", "AadUserCredentialPassword")
    ),
    ("Proxy", "Proxies-1", _member("Password"), "Password"),
    *(
        ("ExtensionConfiguration", f"authentication-{name}", _member("ClientSecret"), "ClientSecret")
        for name in ("aad", "googleapps", "od", "octopusid")
    ),
    ("ExtensionConfiguration", "authentication-ldap", _member("ConnectPassword"), "ConnectPassword"),
    (
        "ExtensionConfiguration",
        "issuetracker-azuredevops-v2",
        lambda value: {"Connections": [{"PersonalAccessToken": value}]},
        "Connections[0].PersonalAccessToken",
    ),
    (
        "ExtensionConfiguration",
        "issuetracker-github",
        _member("ReleaseNoteOptions", "Password"),
        "ReleaseNoteOptions.Password",
    ),
    (
        "ExtensionConfiguration",
        "jira-integration",
        lambda value: {"Password": value},
        "Password",
    ),
    ("Configuration", "smtp", _member("SmtpPassword"), "SmtpPassword"),
    ("Configuration", "certificate-global", _member("CertificateData"), "CertificateData"),
    (
        "Project",
        "Projects-7",
        _member("PersistenceSettings", "Credentials", "Password"),
        "PersistenceSettings.Credentials.Password",
    ),
    ("Project", "Projects-8", _template, "Templates[Token].DefaultValue.SensitiveValue"),
    (
        "LibraryVariableSet",
        "LibraryVariableSets-8",
        _template,
        "Templates[Token].DefaultValue.SensitiveValue",
    ),
]
"""Table, id, what makes the document around a value, and the path that a person sees."""


def rows(values: list[str]) -> list[Row]:
    """A document for each place, with these values in them."""
    return [Row(table, id_, make(value)) for (table, id_, make, _), value in zip(PLACES, values, strict=True)]
