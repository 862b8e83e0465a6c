"""How lost secrets of Octopus Deploy are entered again: where to click, with links where they are known."""

import re
import textwrap
from typing import Final
from urllib.parse import quote

import polars as pl

from reports.product_guide import LostSecret, ProductGuide, TeamFile
from reports.terminal import visible

# The first part of a document's id names its type; what is not listed gets a general instruction.
_PAGES: Final = {
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
_SNAPSHOT: Final = (
    "a release's snapshot: enter the value in the project first, then update the release's variables"
)

# Octopus' own command-line program prints these addresses: server, `/app#/`, the space's id, the path.
_LINKS: Final = (
    (re.compile(r"variableset-(Projects-\d+)", re.IGNORECASE), "projects/{}/variables"),
    (re.compile(r"variableset-(LibraryVariableSets-\d+)", re.IGNORECASE), "library/variables/{}"),
    (re.compile(r"deploymentprocess-(Projects-\d+)", re.IGNORECASE), "projects/{}"),
    (re.compile(r"(Accounts-\d+)", re.IGNORECASE), "infrastructure/accounts/{}"),
    (re.compile(r"(Tenants-\d+)", re.IGNORECASE), "tenants/{}/overview"),
)

_HEAD: Final = """\
{team}: {count} secrets to enter again in Octopus Deploy

In the links, SERVER is the address of your Octopus server and SPACE the id of the space, such as Spaces-1.
The portal never shows a stored secret: entering a new value replaces it. Tick the list when it is done.
"""


def how_to_reenter(secret: LostSecret) -> str:
    """Where to click, by the type of the document."""
    document = secret.location.partition("/")[0].lower()
    if document.startswith("variableset-") and "-s-" in document:
        return _SNAPSHOT
    fallback = "open what this document belongs to in the web portal and enter the value"
    return _PAGES.get(document.partition("-")[0], fallback)


def portal_steps(team: str, _name: str, rows: pl.DataFrame) -> str:
    """The text of `<team>.txt`: a numbered entry for each secret.

    Args:
        team: its name.
        rows: frame in the `REENTRY` schema, all of Octopus Deploy.
    """
    named = rows.select("project", "name", "location", "how_to_reenter")
    entries = (_entry(number, **row) for number, row in enumerate(named.iter_rows(named=True), start=1))
    return _HEAD.format(team=visible(team), count=rows.height) + "".join(entries)


def portal_path(location: str) -> str:
    """The part after `SERVER/app#/SPACE/` of a document's page, or "" where that is not known."""
    document = location.partition("/")[0]
    for pattern, path in _LINKS:
        if found := pattern.fullmatch(document):
            return path.format(quote(found[1]))
    return ""


def _entry(number: int, *, project: str, name: str, location: str, how_to_reenter: str) -> str:
    what = " / ".join(filter(None, (visible(project), visible(name))))
    path = portal_path(location)
    lines = [
        f"{number}. {what or visible(location)}",
        f"   stored in: {visible(location)}",
        *textwrap.wrap(how_to_reenter, 100, initial_indent="   ", subsequent_indent="   "),
        *([f"   SERVER/app#/SPACE/{path}"] if path else []),
        "   [ ] done",
    ]
    return "\n" + "\n".join(lines) + "\n"


GUIDE: Final = ProductGuide(
    title="Octopus Deploy",
    key="master key",
    how_to_reenter=how_to_reenter,
    sealed_projects=(
        "all of it was saved under an earlier master key",
        "all of it was saved under an earlier master key",
    ),
    where_keys_are=(
        "Look for earlier master keys: in password safes, in what `Octopus.Server show-master-key` printed "
        "before a rotation, in backups of each node's `OctopusServer.config`."
    ),
    team_file=TeamFile(
        suffix=".txt",
        purpose="steps with links into the web portal",
        text=portal_steps,
    ),
)
