"""The messages of Octopus Deploy that make a log entry a finding."""

import re
from collections.abc import Mapping
from typing import Final

from parsers.logs.phrase import FindingKind, Phrase
from parsers.octopus import ID

# An unexpected error occurred when processing document with source ID 'certificate-global': Padding is …
# Type deserializeAsType = Octopus.Server.Extensibility.IssueTracker.AzureDevOps.[…].AzureDevOpsConfiguration
_DOCUMENT: Final = re.compile(
    r"(?:source ID '|deserializeAsType = [\w.]{0,255}?\b)(?P<subject>[\w-]{1,255})(?![\w.-])"
)

# Messages from the issues 7271, 1761, 8338 and 9327 of OctopusDeploy/Issues, and of Calamari.
PHRASES: Final = (
    Phrase("Padding is invalid and cannot be removed", ID, "unreadable-document", "document", _DOCUMENT),
    Phrase(
        "Cannot decrypt variables. Check your password is correct",
        ID,
        "unreadable-document",
        "document",
        _DOCUMENT,
    ),
    Phrase(
        "The master key does not match the encryption used in the database",
        ID,
        "wrong-master-key",
        "server",
    ),
    Phrase("Unable to parse configuration key 'Octopus.Storage.MasterKey'", ID, "wrong-master-key", "server"),
    Phrase("Data must implement IId", ID, "rotation-error", "server"),
    Phrase("occured backing up the encrypted attachments", ID, "rotation-error", "server"),
    Phrase("Generating a new Master Key for this Octopus Server", ID, "key-generated", "server"),
    # A rotation report among the logs: it shows the key itself, which is masked here.
    Phrase("New Master Key: ", ID, "clear-text-key", "server"),
)

KINDS: Final[Mapping[str, FindingKind]] = {
    "rotation-error": FindingKind(0),
    "wrong-master-key": FindingKind(1),
    "unreadable-document": FindingKind(2),
    "clear-text-key": FindingKind(3),
    "key-generated": FindingKind(3),
}
