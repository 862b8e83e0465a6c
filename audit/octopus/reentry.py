"""A team's steps for Octopus Deploy: where to click, and links where the portal's addresses are known."""

import re
import textwrap
from typing import Final
from urllib.parse import quote

import polars as pl

from reports.terminal import visible

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


def octopus_steps(team: str, rows: pl.DataFrame) -> str:
    """The text of `<team>.txt`.

    Args:
        team: its name.
        rows: frame in the `REENTRY` schema, all of Octopus Deploy.
    """
    named = rows.select("project", "name", "location", "how_to_reenter")
    entries = (_entry(number, **row) for number, row in enumerate(named.iter_rows(named=True), start=1))
    return _HEAD.format(team=visible(team), count=rows.height) + "".join(entries)


def portal_path(location: str) -> str:
    """What follows `SERVER/app#/SPACE/` for the page of a document, or "" where that is not known."""
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
