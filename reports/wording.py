"""What the verdicts and kinds of log entries mean, in the words of the page."""

from typing import Final

VERDICTS: Final = {
    "current": "Opens under the key that the server uses now.",
    "older-key": "Opens under another key that was given, not under the current one. It can be re-encrypted.",
    "lost": "Well-formed, but no key that was given opens it. Find the missing key, or enter it again.",
    "damaged": "Cannot be a whole value in any known form. It must be entered again.",
    "unknown": "No form of encryption could be established for it, so nothing can be said yet.",
    "ambiguous": "Several keys fit, or one weakly, or its text is not settled. Never changed automatically.",
    "plain-text": "Not encrypted at all: stored in the clear, or cut off.",
    "empty": "No value is stored.",
    "external": "Kept in another system, so there is nothing to open here.",
}
"""Every verdict, the usual first, with one sentence."""

ACTIONS: Final = {
    "re-enter": "Enter again",
    "investigate": "Look into",
    "re-encrypt": "Re-encrypt",
    "none": "Nothing to do",
}
"""Every action, the most urgent first, as a heading."""

DISAGREEMENTS: Final = {
    "logged-but-opens": "Reported, but opens today",
    "lost-but-not-logged": "Lost, but never logged",
}
"""What logs and store contradict each other in, as a heading."""

OTHER: Final = "other"
"""Stands for kinds of finding that users add with phrases of their own."""

FINDINGS: Final = {
    "passkey-mismatch": "key differs from the database's",
    "skipped-update": "skipped while re-encrypting",
    "corrupted-credentials": "reported as corrupted",
    "undecryptable-user": "user cannot be decrypted",
    "decrypt-failure": "decryption failed",
    "stale-session": "stale session",
    "crypto-exception": "other cryptographic error",
    "unreadable-document": "document cannot be decrypted",
    "wrong-master-key": "wrong master key",
    "rotation-error": "error while rotating the key",
    "key-generated": "new key generated",
    "clear-text-key": "key in clear text",
    "uncovered": "ciphertext in an unexpected place",
    OTHER: "other phrases",
}
"""Every kind of finding, in a few words."""
