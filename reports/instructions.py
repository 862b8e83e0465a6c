"""How to enter a lost secret again: a command that reads it from standard input, or where to click."""

import shlex
from typing import Final

from reports.reentry_ectool import ectool_arguments

_CLOUDBEES_PAGES: Final = {
    "credential": "open the project, its credentials, this one, and enter the password",
    "email-config": "open Administration, Email Configurations, this one, and enter the password",
    "directory-provider": "open Administration, Directory Providers, this one, and enter the password",
    "devops-insight": "open Administration, DevOps Insight Server, and enter the password",
    "user": "open Administration, Users, this one, and enter the password",
}

# The first part of a document's id names its type; what is not listed gets a general instruction.
_OCTOPUS_PAGES: Final = {
    "variableset": "open the project or library variable set, its variables, this one, and enter the value",
    "accounts": "open Infrastructure, Accounts, this one, and enter the secret",
    "tenantvariables": "open the tenant, its variables, and enter the value",
    "feeds": "open the external feeds, this one, and enter the password",
    "certificates": "open the certificates, this one, and replace it with its file and password",
    "gitcredentials": "open the Git credentials, this one, and enter the password",
    "actiontemplates": "open the step templates, this one, its parameters, and enter the default value",
    "deploymentprocess": "open the project, its process, the step, and enter the value",
    "machines": "open Infrastructure, Deployment Targets, this one, and enter the password",
    "workers": "open Infrastructure, Workers, this one, and enter the password",
    "proxies": "open Infrastructure, Machine Proxies, this one, and enter the password",
    "authentication": "open Configuration, Settings, this sign-in provider, and enter its client secret",
    "issuetracker": "open Configuration, Settings, this issue tracker, and enter its token or password",
    "jira": "open Configuration, Settings, Jira Integration, and enter its password",
    "smtp": "open Configuration, SMTP, and enter the password",
}
_SNAPSHOT = "a release's snapshot: enter the value in the project first, then update the release's variables"


def how_to_reenter(*, system: str, kind: str, project: str, name: str, user_name: str, location: str) -> str:
    """One line. Commands are quoted for a shell and carry no secret: they read it from standard input.

    What ectool cannot take, and a name with control characters, which fits on no line, gets the web page.
    """
    if system == "octopus":
        return _octopus_page(location)
    arguments = ectool_arguments(
        kind=kind, project=project, name=name, user_name=user_name, location=location
    )
    if arguments and all(map(str.isprintable, arguments)):
        return shlex.join(["ectool", *arguments])
    return "on the web page: " + cloudbees_page(kind)


def cloudbees_page(kind: str) -> str:
    """Where to click for a secret of this kind."""
    return _CLOUDBEES_PAGES.get(kind, "open the object and enter its password")


def _octopus_page(location: str) -> str:
    document = location.partition("/")[0].lower()
    if document.startswith("variableset-") and "-s-" in document:
        return _SNAPSHOT
    fallback = "open what this document belongs to in the web portal and enter the value"
    return _OCTOPUS_PAGES.get(document.partition("-")[0], fallback)
