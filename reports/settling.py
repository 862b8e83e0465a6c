"""One minute to certainty: what to do where one known plain text settles what the data leave open."""

from collections.abc import Iterator

from reports.summary import OpenQuestion

NEW_CREDENTIAL = "/projects/Default/credentials/passkey-audit"


def question_in_words(question: OpenQuestion) -> str:
    """What is open, in one sentence."""
    count = f"{question.values} value{'s' if question.values != 1 else ''}"
    if not question.key:
        return f"no ciphertext layout could be established for {count}: with one known plain text it can be proven"
    names = " or ".join(question.layouts) or "a layout that other values show"
    return (
        f"{count} open under {question.key} with certainty, but not every byte of the text is settled ({names}): one "
        "known plain text settles it"
    )


def steps(question: OpenQuestion) -> Iterator[tuple[str, str]]:
    """What to do, a sentence each, with the command or the text that belongs to it, or ""."""
    if question.proposed_text:
        yield f"on the server, create a credential, {NEW_CREDENTIAL} say, with exactly this password", question.proposed_text
        yield "export its project to a file (proof.xml, say), or audit the database again", ""
        location, store = NEW_CREDENTIAL, "proof.xml"
        yield "give the tool that one text: at its question, Enter alone stands for the text above", ""
    else:
        yield (
            f"{question.key} is not in use any more, so that nothing new is encrypted under it: find a credential "
            "under it whose password somebody remembers, one of more than 32 characters if you can",
            "",
        )
        location, store = question.example, "STORE"
        yield "give the tool that one text; it asks for it without echo", ""
    key = f"--key {question.key}" if question.key else "--key conf/passkey"
    yield "run", f"passkey-audit layouts --store {store} {key} --known {location} --save layouts.toml"
    yield "add this to every later run; as a setting (layouts = \"layouts.toml\") it is always there", "--layouts layouts.toml"
