"""Exceptions about keys and passwords; the first two texts are published by the vendor."""

from datetime import datetime
from typing import Final

from sample_logs.generator.cloudbees.log_text import Entry, Finding
from sample_logs.generator.cloudbees.story import Passkey

_MISMATCH: Final = (
    "The passkey fingerprint ('{database}') stored in the database is different from the value in the "
    "server passkey file ('{file}'). To preserve stored credentials, restore the original passkey file and "
    "restart the server. To discard stored credentials and save the new passkey value in the database, "
    "update the database configuration with the ignorePasskeyMismatch flag set before connecting to the "
    "database."
)
_UNDECRYPTED: Final = (
    "java.security.GeneralSecurityException: Couldn't decrypt password; the decryption key is likely "
    "invalid. This usually means the server passkey file used to encrypt the password has changed and cannot "
    "be used to decrypt the password. If you full exported data from one machine and full imported it to "
    "another, then encrypted passwords cannot be accessed on the new machine unless you also copy the server "
    "passkey file across at the same time."
)
_OF_A_STEP: Final = (
    "at com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)",
    "at com.electriccloud.credential.CredentialManagerImpl.getPassword(CredentialManagerImpl.java:181)",
    "at com.electriccloud.operation.GetFullCredential.execute(GetFullCredential.java:77)",
)
_OF_A_SESSION: Final = (
    "at com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)",
    "at com.electriccloud.security.SessionManagerImpl.decryptSecretId(SessionManagerImpl.java:525)",
    "at com.electriccloud.security.SessionManagerImpl.deleteSessionEntity(SessionManagerImpl.java:1420)",
    "at com.electriccloud.security.SessionManagerImpl.deleteSession(SessionManagerImpl.java:617)",
)
_BAD_PADDING: Final = (
    "javax.crypto.BadPaddingException: Given final block not properly padded",
    "\tat com.sun.crypto.provider.CipherCore.unpad(CipherCore.java:975)",
    "\tat com.sun.crypto.provider.CipherCore.doFinal(CipherCore.java:859)",
)


def mismatch(time: datetime, database: Passkey, file: Passkey) -> Entry:
    """`InvalidPasskey`, as the server logs it when it starts."""
    text = _MISMATCH.format(database=database.fingerprint, file=file.fingerprint)
    return Entry(
        time,
        "ERROR",
        "Bootstrap-001",
        "DatabaseManagerImpl",
        f"Exception: InvalidPasskey: {text}\n"
        "\tat com.electriccloud.database.PasskeyVerifier.verify(PasskeyVerifier.java:96)\n"
        "\tat com.electriccloud.server.Bootstrap.start(Bootstrap.java:212)",
        finding=_mismatched(database, file),
    )


def mismatch_answer(time: datetime, database: Passkey, file: Passkey) -> Entry:
    """The same, as the answer to a request."""
    text = _MISMATCH.format(database=database.fingerprint, file=file.fingerprint)
    return Entry(
        time,
        "WARN",
        "Api-004",
        "OperationInvoker",
        '<response requestId="1" nodeId="10.20.0.12"><error requestId="1"><code>InvalidPasskey</code>'
        f"<where></where><message>{text}</message></error></response>",
        ndc="getServerStatus",
        finding=_mismatched(database, file),
    )


def mismatch_in_wrapper(time: datetime, database: Passkey, file: Passkey) -> Entry:
    """The same, in the service wrapper's log; each frame stands behind a prefix of its own."""
    text = _MISMATCH.format(database=database.fingerprint, file=file.fingerprint)
    return Entry(
        time,
        "INFO",
        "jvm 1",
        "",
        f"Exception: InvalidPasskey: {text}\n"
        "\tat com.electriccloud.database.PasskeyVerifier.verify(PasskeyVerifier.java:96)",
        finding=_mismatched(database, file),
    )


def _mismatched(database: Passkey, file: Passkey) -> Finding:
    return Finding(
        "passkey-mismatch",
        "server",
        database_fingerprint=database.fingerprint,
        file_fingerprint=file.fingerprint,
    )


def undecrypted(time: datetime, job: str, *, with_cause: bool) -> Entry:
    """A step asked for a credential that the server cannot open."""
    cause = ("Caused by: " + _BAD_PADDING[0], *_BAD_PADDING[1:]) if with_cause else ()
    return Entry(
        time,
        "ERROR",
        "Api-011",
        "OperationInvoker",
        "\n".join(("Operation exception: " + _UNDECRYPTED, *(f"\t{frame}" for frame in _OF_A_STEP), *cause)),
        job=job,
        ndc="getFullCredential",
        finding=Finding("decrypt-failure"),
    )


def undecrypted_on_one_line(time: datetime) -> Entry:
    """The same, its frames on the line of the exception, behind bytes that are no UTF-8."""
    return Entry(
        time,
        "WARN",
        "Schedule-002",
        "ScheduleRunner",
        f"schedule 'R\udce9plication | nuit' : {_UNDECRYPTED} {' '.join(_OF_A_STEP)}",
        finding=Finding("decrypt-failure"),
    )


def stale_session(time: datetime, *, on_one_line: bool) -> Entry:
    """A session of before the upgrade is thrown away: no credential is lost by that."""
    separator = " " if on_one_line else "\n\t"
    return Entry(
        time,
        "WARN",
        "SessionReaper-001",
        "SessionManagerImpl",
        _UNDECRYPTED + "".join(separator + frame for frame in _OF_A_SESSION),
        finding=Finding("stale-session", "session"),
    )


def bad_padding(time: datetime) -> Entry:
    """A sign of a wrong key that names nothing."""
    return Entry(
        time,
        "ERROR",
        "EmailNotifier-001",
        "EmailSender",
        "\n".join(("Cannot send notification", *_BAD_PADDING)),
        finding=Finding("crypto-exception"),
    )


def illegal_block(time: datetime, value: str) -> Entry:
    """The message shows a stored value, which no report may show."""
    return Entry(
        time,
        "ERROR",
        "Api-007",
        "OperationInvoker",
        f"Cannot read password={value} of step 'copy | verify'\n"
        "javax.crypto.IllegalBlockSizeException: Input length must be multiple of 16 when decrypting",
        ndc="runJob",
        finding=Finding("crypto-exception"),
    )


def invalid_key(time: datetime) -> Entry:
    """An old Java without the unlimited policy refuses 256-bit keys."""
    return Entry(
        time,
        "ERROR",
        "main",
        "AgentCrypter",
        "java.security.InvalidKeyException: Illegal key size or default parameters\n"
        "\tat javax.crypto.Cipher.checkCryptoPerm(Cipher.java:1026)",
        finding=Finding("crypto-exception"),
    )
