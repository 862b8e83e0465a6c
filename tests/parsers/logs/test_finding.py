"""One entry, one finding: its kind, its subject, its message."""

import pytest

from parsers.logs.finding import MESSAGE_CAP, Finding, Interpreter
from parsers.logs.phrases import DEFAULT
from parsers.logs.search import RawEntry
from parsers.octopus import ID as OCTOPUS

HEAD = "2021-03-04T05:06:07.089 | n1 | WARN  | T-1 |  |  |  | C | "
FRAME = "\n\tat com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)"
SESSION = "\n\tat com.electriccloud.security.SessionManagerImpl.decryptSecretId(SessionManagerImpl.java:525)"
UNDECRYPTED = (
    "java.security.GeneralSecurityException: Couldn't decrypt password; the decryption key is likely invalid."
)
PADDING = "\nCaused by: javax.crypto.BadPaddingException: Given final block not properly padded"
A, B = "a" * 40, "0123456789" * 4
MISMATCH = (
    f"The passkey fingerprint ('{A}') stored in the database is different from the value in the server "
    f"passkey file ('{B}'). To preserve stored credentials, restore the original passkey file."
)


def finding(text: str | bytes) -> Finding | None:
    data = text if isinstance(text, bytes) else text.encode()
    return Interpreter(DEFAULT).finding(RawEntry(0, 7, data, whole=True), "a.log")


@pytest.mark.parametrize(
    ("message", "kind", "subject_kind", "subject"),
    [
        ("Skipping updating password for credential 'c'", "skipped-update", "credential", "c"),
        ("Skipping updating password for Directory Provider d", "skipped-update", "directory-provider", "d"),
        (
            "Skipping updating password for DevOps Insight Server configuration",
            "skipped-update", "devops-insight", "",
        ),
        ('Skipping updating password for email configuration "g"', "skipped-update", "email-config", "g"),
        ("Corrupted credentials: 'a', 'b'", "corrupted-credentials", "credential", "a, b"),
        ("Can not decrypt user 'u'", "undecryptable-user", "user", "u"),
        (f"Exception: InvalidPasskey: {MISMATCH}", "passkey-mismatch", "server", ""),
        ("<error><code>InvalidPasskey</code></error>", "passkey-mismatch", "server", ""),
        (UNDECRYPTED + FRAME + PADDING, "decrypt-failure", "", ""),
        (UNDECRYPTED + FRAME + SESSION + PADDING, "stale-session", "session", ""),
        (f"{UNDECRYPTED} {FRAME.strip()} {SESSION.strip()}", "stale-session", "session", ""),
        ("Can not decrypt user 'u'\n" + UNDECRYPTED + SESSION, "undecryptable-user", "user", "u"),
        (UNDECRYPTED + f"\n{MISMATCH}", "passkey-mismatch", "server", ""),
        ("oops" + PADDING + SESSION, "crypto-exception", "", ""),
        ("x: Padding is invalid and cannot be removed.", "unreadable-document", "document", ""),
        (
            "document with source ID 'certificate-global': Padding is invalid and cannot be removed.",
            "unreadable-document", "document", "certificate-global",
        ),
        (
            "Padding is invalid and cannot be removed.\nType deserializeAsType = Octopus.X.AzureDevOps",
            "unreadable-document", "document", "AzureDevOps",
        ),
        ("Generating a new Master Key for this Octopus Server...", "key-generated", "server", ""),
    ],
)  # fmt: skip
def test_kind_and_subject(message: str, kind: str, subject_kind: str, subject: str) -> None:
    """The most specific phrase decides, wherever it stands in the entry."""
    found = finding(HEAD + message)
    assert found is not None
    assert (found.kind, found.subject_kind, found.subject) == (kind, subject_kind, subject)
    assert (found.time, found.node, found.level, found.line) == ("2021-03-04T05:06:07.089", "n1", "WARN", 7)
    assert found.message == HEAD + message


def test_fingerprints_of_a_mismatch() -> None:
    """First the database's, then the file's; also from an answer in XML."""
    for message in (
        f"Exception: InvalidPasskey: {MISMATCH}",
        f"<code>InvalidPasskey</code><m>{MISMATCH}</m>",
    ):
        found = finding(HEAD + message)
        assert found is not None
        assert (found.database_fingerprint, found.file_fingerprint) == (A, B)


def test_entry_without_a_phrase_is_none() -> None:
    """Nothing is found where nothing stands."""
    assert finding(HEAD + "all is well") is None


def test_phrase_in_a_field_before_the_message() -> None:
    """An entry counts wherever in it the phrase stands."""
    found = finding("2021-03-04T05:06:07.089 | INFO | T |  |  | InvalidKeyException | C | message")
    assert found is not None
    assert found.kind == "crypto-exception"


def test_secrets_in_any_field_are_masked() -> None:
    """Neither the message nor the fields before it nor the subject show what may be ciphertext."""
    secret = "zWjkbdMteM0VY1Ls3V+lwA=="
    time = "2021-03-04T05:06:07.089"
    text = f"{time} | {secret} | WARN  | T | {secret} |  |  | C | Can not decrypt user '{secret}'"
    found = finding(text)
    assert found is not None
    assert not any(secret in str(value) for value in found)
    assert found.message.count("[masked]") == 3


def test_long_message_is_capped_without_half_a_secret() -> None:
    """What the cap cuts through is dropped."""
    message = "Can not decrypt user 'u' "
    filler = "-" + "x " * ((MESSAGE_CAP - len(message) - 10) // 2)
    found = finding(HEAD + message + filler + "zWjkbdMteM0VY1Ls3VlwA" * 100)
    assert found is not None
    assert len(found.message) <= len(HEAD) + MESSAGE_CAP + 10
    assert "zWjk" not in found.message
    assert found.message.endswith(" […]")


def test_bytes_that_are_no_text() -> None:
    """Invalid UTF-8 is shown as escapes, CRLF as line ends, control characters stay as they are."""
    data = HEAD.encode() + b"Can not decrypt user 'J\xf6rg\x1b[31m'\r\nnext\x00\r\n"
    found = finding(data)
    assert found is not None
    assert found.subject == "J\\xf6rg\x1b[31m"
    assert found.message.endswith("'\nnext\x00")


@pytest.mark.parametrize("message", ["InvalidPasskey", "x", "zWjkbdMteM0VY1Ls3V+lwA== InvalidPasskey"])
@pytest.mark.parametrize("job", ["", "InvalidPasskey"])
def test_a_node_that_may_be_a_secret_is_masked(message: str, job: str) -> None:
    """Wherever the phrase stands, whatever else is masked, and whether or not."""
    secret = "Xk9vQ2p7Zm4Lr8TnWb3YsD6fGhJ1aC5E"
    found = finding(f"2021-03-04T05:06:07.089 | {secret} | WARN  | T-1 |  | {job} |  | C | {message}")
    assert (found is None) == ("InvalidPasskey" not in message + job)
    assert found is None or (found.node == "[masked]" and secret not in found.message)


def test_only_one_system() -> None:
    """Phrases of the other product are not looked for."""
    octopus = Interpreter(DEFAULT.of_system(OCTOPUS))
    assert octopus.finding(RawEntry(0, 1, b"Can not decrypt user 'u'", whole=True), "a.log") is None
