"""Which documents a log entry means by an id, or by the name of a type in Octopus' program."""

import re
from typing import Final

import polars as pl

from audit.octopus.left_behind import DOCUMENT, TABLE

_SUFFIX: Final = re.compile(r"(?:Configuration|Settings|Document|Resource)$")
# AzureDevOpsConfiguration is the type of issuetracker-azuredevops-v2
_SHORTEST: Final = 3
_NAMED_OTHERWISE: Final = {"azuread": "authentication-aad", "okta": "authentication-od"}
"""Types whose extension goes by another name (OctopusDeploy/Issues #9019)."""


def is_meant(name: str) -> pl.Expr:
    """True for values, told by their `record`, whose document has this id, or is of this type.

    `AzureDevOpsConfiguration` is what an extension with `azuredevops` in its id is configured by;
    `AzureAccount` ends with the name of the table `Account`.
    """
    document = DOCUMENT.str.to_lowercase()
    stem = _SUFFIX.sub("", name).lower()
    by_id = document.is_in([name.lower(), _NAMED_OTHERWISE.get(stem, "")])
    configured = TABLE.str.to_lowercase().str.ends_with("configuration")
    bare = document.str.replace_all("-", "", literal=True)
    by_extension = configured & bare.str.contains(stem, literal=True)
    by_table = ~configured & pl.lit(name.lower()).str.ends_with(TABLE.str.to_lowercase())
    typed = by_extension | by_table if len(stem) >= _SHORTEST else pl.lit(value=False)
    return (by_id | typed).fill_null(value=False)
