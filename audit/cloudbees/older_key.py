"""The 128-bit passkey stands where the upgrade to CloudBees CD 9.2 will look for it."""

from typing import Final

from audit.readiness.check import About, Check, listed
from audit.readiness.estate import Estate

OLDER_KEY: Final = About(
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
            f"the current passkey {current.label!r} is no key of 128 or 256 bits as it stands",
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
