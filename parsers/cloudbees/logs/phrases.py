"""The messages of CloudBees CD that make a log entry a finding."""

import re
from collections.abc import Mapping
from typing import Final

from parsers.cloudbees import ID
from parsers.logs.phrase import FindingKind, Phrase, SubjectForm

# What a server with the hotfix of KBEC-00441 writes.
_HOTFIX: Final = (
    Phrase(
        "Skipping updating password for credential",
        ID,
        "skipped-update",
        "credential",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for Directory Provider",
        ID,
        "skipped-update",
        "directory-provider",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for DevOps Insight Server configuration",
        ID,
        "skipped-update",
        "devops-insight",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Skipping updating password for email configuration",
        ID,
        "skipped-update",
        "email-config",
        SubjectForm.AFTER_PHRASE,
    ),
    Phrase(
        "Corrupted credentials:",
        ID,
        "corrupted-credentials",
        "credential",
        SubjectForm.LIST_AFTER_PHRASE,
    ),
    Phrase("Can not decrypt user", ID, "undecryptable-user", "user", SubjectForm.AFTER_PHRASE),
)

# The exception, its text without the exception's name, and what the password crypter says.
_PASSKEY: Final = (
    Phrase("InvalidPasskey", ID, "passkey-mismatch", "server"),
    Phrase("is different from the value in the server passkey file", ID, "passkey-mismatch", "server"),
    Phrase("Couldn't decrypt password", ID, "decrypt-failure", ""),
)

# Generic Java signs: of low confidence by themselves.
_GENERIC: Final = tuple(
    Phrase(name, ID, "crypto-exception", "")
    for name in (
        "BadPaddingException",
        "IllegalBlockSizeException",
        "AEADBadTagException",
        "InvalidKeyException",
    )
)

PHRASES: Final = _HOTFIX + _PASSKEY + _GENERIC

# The passkey fingerprint ('95da…') stored in the database is different from the value in the server passkey
# file ('8f7a…').
_FINGERPRINTS: Final = re.compile(
    r"fingerprint \('([0-9a-fA-F]{40})'\) stored in the database .{0,80}passkey file \('([0-9a-fA-F]{40})'\)"
)

_STALE_SESSION: Final = Phrase("SessionManagerImpl.", ID, "stale-session", "session")
"""A session's secret that an older passkey sealed: no credential is lost by it."""

KINDS: Final[Mapping[str, FindingKind]] = {
    "skipped-update": FindingKind(0),
    "corrupted-credentials": FindingKind(0),
    "undecryptable-user": FindingKind(0),
    "passkey-mismatch": FindingKind(1, fingerprints=_FINGERPRINTS),
    "decrypt-failure": FindingKind(2, unless=_STALE_SESSION),
    "crypto-exception": FindingKind(9),
}
