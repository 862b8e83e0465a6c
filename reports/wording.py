"""The words of reports: verdicts, actions, kinds of log entries, how one known text settles a question."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reports.summary import OpenQuestion


VERDICTS: Final = {
    "current": "Opens under the key that the server uses now.",
    "older-key": "Opens under another key that was given, not under the current one. It can be re-encrypted.",
    "lost": "Well-formed, but no key that was given opens it. Find the missing key, or enter it again.",
    "damaged": "Cannot be a whole value in any known form. It must be entered again.",
    "unknown": "The data do not show what it is encrypted with, or how. The table says what would help.",
    "ambiguous": "Several keys fit, or one only weakly; or the key is certain, but not every byte of the "
    "text is settled. Never changed automatically.",
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


NEW_CREDENTIAL = "/projects/Default/credentials/passkey-audit"


TEXT_NOT_SETTLED = "the key is certain, but not every byte of the text is settled"
"""What terminal, page and re-encryption say of such a value."""

ONE_KNOWN_TEXT = (
    "one known plain text settles it: `layouts --known LOCATION --save FILE`, then --layouts FILE"
)
"""What to do about it, in a sentence."""


def question_in_words(question: "OpenQuestion") -> str:
    """What is open, in one sentence."""
    count = _count(question.values)
    if not question.key:
        return f"no ciphertext layout could be established for {count}: one known plain text can prove it"
    names = " or ".join(question.layouts) or "a layout that other values show"
    if question.settled:
        more = _count(question.values, "more ")
        return (
            f"under {question.key} the texts of {_count(question.settled)} are known; {more} open with "
            f"certainty, but not every byte of the text is settled ({names}): they may be in another layout, "
            "or behind another vector, than the known ones"
        )
    return (
        f"{count} open under {question.key} with certainty, but not every byte of the text is settled "
        f"({names}): one known plain text settles it"
    )


def settling_steps(question: "OpenQuestion") -> Iterator[tuple[str, str]]:
    """What to do, a sentence each, with the command or the text that belongs to it, or ""."""
    location, store = question.example, "STORE"
    if question.proposed_text:
        location, store = NEW_CREDENTIAL, "proof.xml"
        yield "on the server, create a credential with exactly this password", question.proposed_text
        yield f"export it to {store} (below it is called {location}), or name the database as the store", ""
        yield "prove the layout with it: at the question, Enter alone stands for that text", ""
    else:
        yield _find_one(question), "\n".join(question.candidates or [question.example])
        yield "prove the layout with it; the password is asked for without echo", ""
    command = f"passkey-audit layouts --store {store} --key KEY --known {location} --save layouts.toml"
    key = f"the file of {question.key}" if question.key else "the server's key file"
    yield f"the command, with {key} for KEY, as --key named it", command
    yield (
        'add this to every later run, or layouts = "layouts.toml" to your settings',
        "--layouts layouts.toml",
    )


def _find_one(question: "OpenQuestion") -> str:
    """Why none is made anew, and which to look for."""
    if question.current and question.key:
        why = "a new credential would be written as the known ones are, and settle nothing"
    elif question.key:
        why = f"nothing new is encrypted under {question.key}, which is not in use any more"
    else:
        why = "which key the server uses now is not known (--current), so that a new credential may not help"
    return (
        f"{why}: find one of these values whose text is known to the letter, best of more than 32 "
        "characters; if they differ in age, an old one"
    )


def _count(values: int, more: str = "") -> str:
    return f"{values} {more}value{'s' if values != 1 else ''}"
