"""One minute to certainty: what to do where one known plain text settles what the data leave open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands that print no question need not load pydantic
    from reports.summary import OpenQuestion

NEW_CREDENTIAL = "/projects/Default/credentials/passkey-audit"


def question_in_words(question: "OpenQuestion") -> str:
    """What is open, in one sentence."""
    count = f"{question.values} value{'s' if question.values != 1 else ''}"
    if not question.key:
        return f"no ciphertext layout could be established for {count}: one known plain text can prove it"
    names = " or ".join(question.layouts) or "a layout that other values show"
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
        out_of_use = (
            f"nothing new is encrypted under {question.key}, which is not in use any more: find a credential "
            "under it whose password somebody remembers, if possible one of more than 32 characters"
        )
        yield out_of_use, ""
        yield "prove the layout with it; the password is asked for without echo", ""
    command = f"passkey-audit layouts --store {store} --key KEY --known {location} --save layouts.toml"
    key = f"the file of {question.key}" if question.key else "the server's key file"
    yield f"the command, with {key} for KEY, as --key named it", command
    yield (
        'add this to every later run, or layouts = "layouts.toml" to your settings',
        "--layouts layouts.toml",
    )
