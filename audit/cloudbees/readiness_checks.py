"""The readiness checks that only CloudBees CD needs, and the places where its passkey is kept."""

from collections.abc import Iterator
from typing import Final

from audit.cloudbees.database_password import PasswordOpening, password_opening
from audit.cloudbees.properties_file import DATABASE
from audit.keys.key_dates import comparable, is_export, is_history
from audit.readiness.check import Check, CheckDefinition, CheckState, listed
from audit.readiness.estate import ConfFolder, Estate

DATABASE_PASSWORD: Final = CheckDefinition(
    "database-password", "The database password in database.properties opens"
)
LEFT_OVER: Final = CheckDefinition("old-files", "No .old files are left behind in conf")

_NO_CONF: Final = "no node's folder was given"
_GIVE_CONF: Final = "name each node's folder with --conf"


def database_password_opens(estate: Estate) -> Check:
    """`COMMANDER_DB_PASSWORD` is encrypted with the passkey too, or in plain text until the next start."""
    if not estate.conf:
        return DATABASE_PASSWORD.unknown(_NO_CONF, _GIVE_CONF)
    found = [_password_of(folder, estate) for folder in estate.conf]
    evidence = "; ".join(
        f"{folder.label}: {result}" for folder, (_, result) in zip(estate.conf, found, strict=True)
    )
    states = {state for state, _ in found}
    if CheckState.FAIL in states:
        return DATABASE_PASSWORD.failed(
            evidence,
            "enter the password again with `ecconfigure`, or restore the passkey that belongs to the file",
        )
    if CheckState.UNKNOWN in states:
        return DATABASE_PASSWORD.unknown(
            evidence, f"give every node's {DATABASE} and the passkey that the server uses"
        )
    return DATABASE_PASSWORD.passed(evidence)


def _password_of(folder: ConfFolder, estate: Estate) -> tuple[CheckState, str]:
    if folder.database is None:
        return CheckState.UNKNOWN, f"no {DATABASE} was read"
    if folder.database.password is None:
        return CheckState.PASS, "no password is stored"
    return _password_state(password_opening(folder.database.password, estate.ring.keys), estate)


def _password_state(opening: PasswordOpening, estate: Estate) -> tuple[CheckState, str]:
    if opening.password is None:
        return CheckState.FAIL, "opens under none of the keys"
    if not opening.certain:
        return CheckState.UNKNOWN, "fits a key, but only weakly"
    if opening.key is None:
        return CheckState.PASS, "in plain text, which the server encrypts at its next start"
    if estate.current is None:
        return CheckState.UNKNOWN, f"opens under {opening.key.label!r}; it is not known which key is current"
    if opening.key is not estate.current:
        return CheckState.FAIL, f"opens under {opening.key.label!r}, not under the current key"
    return CheckState.PASS, f"opens under the current key {opening.key.label!r}"


def no_files_left_over(estate: Estate) -> Check:
    """What an upgrade renamed still holds what was encrypted before.

    After one from 10.8 or earlier the vendor wants files such as `.properties.old` in `conf` deleted "to
    finish the encryption process" (docs, "Upgrade overview").
    """
    found = [f"{folder.label}: {name}" for folder in estate.conf for name in folder.left_over]
    if found:
        return LEFT_OVER.failed(
            listed(found), "delete them once the server has started with the new configuration"
        )
    if not estate.conf:
        return LEFT_OVER.unknown(_NO_CONF, _GIVE_CONF)
    unseen = [folder.label for folder in estate.conf if not folder.listed]
    if unseen:
        return LEFT_OVER.unknown(
            f"not all was seen in {listed(unseen)}", "make it readable, and run it again"
        )
    return LEFT_OVER.passed(f"none in {listed([folder.label for folder in estate.conf])}")


OLDER_KEY: Final = CheckDefinition(
    "older-key-in-place", "The upgrade to 9.2 finds the passkey that it has to read with"
)
_BITS_BEFORE: Final = 128
_BITS_SINCE: Final = 256


def older_key_in_place(estate: Estate) -> Check:
    """Before the upgrade each node has the 128-bit passkey; after it there is nothing left to check.

    Up to 9.1 passkeys have 128 bits. The upgrade to 9.2 or later makes a new one with 256 bits and encrypts
    again what the old one opens (docs, "Upgrade overview", "Upgrading from version 9.1 or earlier").
    """
    current = estate.current
    if current is None:
        return OLDER_KEY.unknown(
            "it is not known which key is current", "give its file with --key, or say --current LABEL"
        )
    if current.bits == _BITS_SINCE:
        return OLDER_KEY.passed(f"the current passkey {current.label!r} has 256 bits already: 9.2 or later")
    if current.bits != _BITS_BEFORE:
        return OLDER_KEY.unknown(
            f"the current passkey {current.label!r} is not a key of 128 or 256 bits as it is",
            "check that it is the server's own conf/passkey",
        )
    nodes = [(folder.label, folder.key) for folder in estate.conf if folder.key]
    others = [label for label, key in nodes if key.content != current.content]
    if others:
        return OLDER_KEY.failed(
            f"not in {listed(others)}: another passkey stands there than {current.label!r}",
            "put the 128-bit passkey that the server uses back into conf before the upgrade",
        )
    absent = [folder.label for folder in estate.conf if not folder.key]
    if absent or not nodes:
        return OLDER_KEY.unknown(
            f"no passkey was read in {listed(absent)}" if absent else "no node's folder was given",
            "name each node's folder with --conf",
        )
    return OLDER_KEY.passed(f"{current.label!r}, 128 bits, in {listed([label for label, _ in nodes])}")


def key_places(estate: Estate) -> Iterator[tuple[str, str]]:
    """Which key stands where, by the SHA-1 of the whole file (KBEC-00497).

    Each node's `conf`, ZooKeeper, the newest row of `ec_configuration_history`, the `passkey` of exports.
    """
    for place in estate.key_places:
        yield place.file.fingerprint, place.where
    seen = comparable(estate.stores.fingerprints)
    history = [each for each in seen if is_history(each)]
    for each in history[-1:]:
        yield each.fingerprint, each.where
    for each in filter(is_export, seen):
        yield each.fingerprint, each.where
