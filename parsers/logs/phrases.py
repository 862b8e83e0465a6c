"""The phrases that make a log entry a finding: data, in one table."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

CLOUDBEES: Final = "cloudbees-cd"
OCTOPUS: Final = "octopus"


class SubjectForm(Enum):
    """Where an entry names what it is about."""

    NONE = auto()
    """Nowhere that could be told."""
    AFTER_PHRASE = auto()
    """One name after the phrase."""
    LIST_AFTER_PHRASE = auto()
    """Several names after the phrase, perhaps over further lines."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that, standing in an entry, makes it a finding.

    Attributes:
        text: looked for as it is, case and all, within one line.
        kind: of the finding, as the findings' column has it.
        subject_kind: what the subject is, as the findings' column has it.
        subject: how the name is read; a pattern is searched in the whole entry, its groups
            `subject` (or else `type`) and, if it has one, `project` are taken.
    """

    text: str
    system: str
    kind: str
    subject_kind: str
    subject: SubjectForm | re.Pattern[str] = SubjectForm.NONE


@dataclass(frozen=True, slots=True)
class Phrases:
    """The table in force."""

    table: tuple[Phrase, ...]

    def of_system(self, system: str | None) -> "Phrases":
        """Those of one product; None is all."""
        return Phrases(tuple(phrase for phrase in self.table if system in {None, phrase.system}))

    def found_in(self, text: str) -> tuple[Phrase, int] | None:
        """The phrase that decides an entry's kind, and where it stands.

        The most specific kind wins; within equals, what stands first.
        """
        found = (
            (_rank(phrase.kind), at, index)
            for index, phrase in enumerate(self.table)
            if (at := text.find(phrase.text)) >= 0
        )
        best = min(found, default=None)
        return None if best is None else (self.table[best[2]], best[1])


_SPECIFICITY: Final = {
    "skipped-update": 0,
    "corrupted-credentials": 0,
    "undecryptable-user": 0,
    "passkey-mismatch": 1,
    "decrypt-failure": 2,
    "crypto-exception": 9,
    "rotation-error": 0,
    "wrong-master-key": 1,
    "unreadable-document": 2,
    "clear-text-key": 3,
    "key-generated": 3,
}
_OWN_KIND: Final = 8
"""Kinds from a file of phrases rank after the products' own messages, before the generic signs."""


def _rank(kind: str) -> int:
    return _SPECIFICITY.get(kind, _OWN_KIND)


# What a server with the hotfix of KBEC-00441 writes.
_HOTFIX: Final = (
    Phrase(
        "Skipping updating password for credential",
        CLOUDBEES,
        "skipped-update",
        "credential",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for Directory Provider",
        CLOUDBEES,
        "skipped-update",
        "directory-provider",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for DevOps Insight Server configuration",
        CLOUDBEES,
        "skipped-update",
        "devops-insight",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for email configuration",
        CLOUDBEES,
        "skipped-update",
        "email-config",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Corrupted credentials:",
        CLOUDBEES,
        "corrupted-credentials",
        "credential",
        SubjectForm.LIST_AFTER_PHRASE,
    ),
    Phrase("Can not decrypt user", CLOUDBEES, "undecryptable-user", "user", SubjectForm.AFTER_PHRASE),
)

# The exception, its text without the exception's name, and what the password crypter says.
_PASSKEY: Final = (
    Phrase("InvalidPasskey", CLOUDBEES, "passkey-mismatch", "server"),
    Phrase("is different from the value in the server passkey file", CLOUDBEES, "passkey-mismatch", "server"),
    Phrase("Couldn't decrypt password", CLOUDBEES, "decrypt-failure", ""),
)

# Generic Java signs: of low confidence by themselves.
_GENERIC: Final = tuple(
    Phrase(name, CLOUDBEES, "crypto-exception", "")
    for name in (
        "BadPaddingException",
        "IllegalBlockSizeException",
        "AEADBadTagException",
        "InvalidKeyException",
    )
)

# An unexpected error occurred when processing document with source ID 'certificate-global': Padding is …
# Type deserializeAsType = Octopus.Server.Extensibility.IssueTracker.AzureDevOps.[…].AzureDevOpsConfiguration
_DOCUMENT: Final = re.compile(
    r"(?:source ID '|deserializeAsType = [\w.]{0,255}?\b)(?P<subject>[\w-]{1,255})(?![\w.-])"
)

# Messages from the issues 7271, 1761, 8338 and 9327 of OctopusDeploy/Issues, and of Calamari.
_OCTOPUS: Final = (
    Phrase("Padding is invalid and cannot be removed", OCTOPUS, "unreadable-document", "document", _DOCUMENT),
    Phrase(
        "Cannot decrypt variables. Check your password is correct",
        OCTOPUS,
        "unreadable-document",
        "document",
        _DOCUMENT,
    ),
    Phrase(
        "The master key does not match the encryption used in the database",
        OCTOPUS,
        "wrong-master-key",
        "server",
    ),
    Phrase(
        "Unable to parse configuration key 'Octopus.Storage.MasterKey'", OCTOPUS, "wrong-master-key", "server"
    ),
    Phrase("Data must implement IId", OCTOPUS, "rotation-error", "server"),
    Phrase("occured backing up the encrypted attachments", OCTOPUS, "rotation-error", "server"),
    Phrase("Generating a new Master Key for this Octopus Server", OCTOPUS, "key-generated", "server"),
    # A rotation report among the logs: it shows the key itself, which is masked here.
    Phrase("New Master Key: ", OCTOPUS, "clear-text-key", "server"),
)

DEFAULT: Final = Phrases(_HOTFIX + _PASSKEY + _GENERIC + _OCTOPUS)


def read_phrases(path: str) -> Phrases:
    """The default phrases and those of a TOML file.

    The file holds tables `[[phrases]]` with `phrase` and `kind`, and optionally `subject` (a regular
    expression with a group `subject`, perhaps one `project`), `subject_kind` and `system`.

    Raises:
        LogError: the file cannot be read, or is no such file.
    """
    from parsers.logs.phrase_file import own_phrases  # brings pydantic, which few runs need

    return Phrases(DEFAULT.table + own_phrases(path))
