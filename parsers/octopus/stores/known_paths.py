"""Where Octopus Deploy's documents are known to hold encrypted strings: data, in one table.

Paths are those of the column `JSON`; gathered from the public client, OctoterraWizard, and
OctopusDeploy/Issues (#8111, #9019, #1761). `[]` is any item of an array, `*` any member,
`**` any way down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_SENSITIVE_VARIABLES: Final = "Variables[].Value"
"""Only where the variable says that it is sensitive: all others are plain text by intention."""

_OF_EXTENSIONS: Final = {
    "authentication-aad": ("ClientSecret",),
    "authentication-googleapps": ("ClientSecret",),
    "authentication-od": ("ClientSecret",),
    "authentication-octopusid": ("ClientSecret",),
    "authentication-ldap": ("ConnectPassword",),
    "issuetracker-azuredevops-v2": ("Connections[].PersonalAccessToken",),
    "issuetracker-github": ("ReleaseNoteOptions.Password",),
    "jira-integration": ("Password", "ReleaseNoteOptions.Password"),
}
_STEPS: Final = ("Steps[].Actions[].Properties.*.SensitiveValue",)
_PARAMETERS: Final = ("Parameters[].DefaultValue.SensitiveValue",)
_ENDPOINTS: Final = ("Endpoint.SensitiveVariablesEncryptionPassword", "Endpoint.AadUserCredentialPassword")
_TEMPLATES: Final = ("Templates[].DefaultValue.SensitiveValue",)
_GIT_CREDENTIALS: Final = "**.Password"
"""Their place changed from version to version."""

KNOWN_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "VariableSet": (_SENSITIVE_VARIABLES,),
    "Account": (
        "Password",
        "SecretKey",
        "JsonKey",
        "PrivateKeyPassphrase",
        "PrivateKeyFile",
        "Token",
        "CertificateBytes",
    ),
    "TenantVariable": ("Value.SensitiveValue",),
    "Feed": ("Password", "SecretKey", "ServiceAccountJsonKey"),
    "Certificate": ("CertificateData", "Password"),
    "GitCredential": ("details.Password",),
    "ActionTemplate": _PARAMETERS,
    "ActionTemplateVersion": _PARAMETERS,
    "DeploymentProcess": _STEPS,
    "RunbookProcess": _STEPS,
    "Machine": _ENDPOINTS,
    "Worker": _ENDPOINTS,
    "Proxy": ("Password",),
    "Project": (*_TEMPLATES, _GIT_CREDENTIALS),
    "LibraryVariableSet": (*_TEMPLATES, _GIT_CREDENTIALS),
}
"""Encrypted strings by table. Member names are compared without regard to capitals, as the server does."""

KNOWN_PATHS_OF: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "ExtensionConfiguration": _OF_EXTENSIONS,
    "Configuration": {"certificate-global": ("CertificateData",), "*": ("SmtpPassword",)},
}
"""The same where the document's id decides; `*` holds for each of them."""


@dataclass(slots=True)
class Known:
    """A step on the way to known places.

    Attributes:
        members: the next step, by member name without capitals; `*` for any.
        item: the next step for every item, if this is an array.
        here: whether an encrypted string stands here.
        if_sensitive: whether it is one only where the object around it says so.
    """

    members: "dict[str, Known]" = field(default_factory=dict)
    item: "Known | None" = None
    here: bool = False
    if_sensitive: bool = False

    def member(self, name: str) -> "Known":
        """What is known of a member."""
        return self.members.get(name.casefold()) or self.members.get("*") or NOTHING_KNOWN

    def any_item(self) -> "Known":
        """What is known of the items."""
        return self.item or NOTHING_KNOWN


NOTHING_KNOWN: Final = Known()


def known_in(table: str, document: str) -> Known:
    """The known places of a document, by the table and the id."""
    folded = table.casefold()
    root = _TREES.get((folded, document.casefold())) or _TREES.get((folded, "*"))
    return root or NOTHING_KNOWN


def is_by_document(table: str) -> bool:
    """Whether each document of a table is a type of its own, as the configurations of extensions are."""
    return table.casefold() in _BY_DOCUMENT


def _tree(paths: tuple[str, ...]) -> Known:
    root = Known()
    for path in paths:
        step = root
        for part in path.split("."):
            name = part.removesuffix("[]").casefold()
            if part == "**":
                step.members["*"] = step.item = step
                continue
            step = step.members.setdefault(name, Known())
            if part.endswith("[]"):
                step.item = step.item or Known()
                step = step.item
        step.here = True
        step.if_sensitive = path == _SENSITIVE_VARIABLES
    return root


def _trees() -> dict[tuple[str, str], Known]:
    trees = {(table.casefold(), "*"): _tree(paths) for table, paths in KNOWN_PATHS.items()}
    for table, documents in KNOWN_PATHS_OF.items():
        everywhere = documents.get("*", ())
        for document, paths in documents.items():
            trees[table.casefold(), document] = _tree(tuple(dict.fromkeys((*paths, *everywhere))))
    return trees


_TREES: Final = _trees()
_BY_DOCUMENT: Final = frozenset(table.casefold() for table in KNOWN_PATHS_OF)
