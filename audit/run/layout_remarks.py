"""What `layouts` reports in sentences: what came of known texts, and what the layouts leave unexplained."""

from collections.abc import Iterator, Sequence
from typing import Final

from audit.discovery.chains import TYPED_VECTORS
from audit.discovery.known_text import PROPOSED_TEXT, KnownText, KnownTextProof
from audit.discovery.mistyped import Doubt
from audit.keys.key_ring import KeyRing
from audit.run.examine import ExaminedProduct
from audit.trial.hypothesis import Hypothesis
from audit.verdict import Verdict


def known_text_remark(
    text: KnownText, proof: KnownTextProof, given: Sequence[Hypothesis], ring: KeyRing
) -> str:
    """What came of a known text, without a word of it."""
    form = f", read {proof.form}," if proof.form else ""
    if given:
        pairs = "; ".join(f"{' or '.join(each.names)} under {ring.keys[each.key].label}" for each in given)
        return f"the known text of {text.location}{form} is given by {pairs}{_as_typed(text, given)}"
    if proof.doubts:
        return (
            f"the known text of {text.location}{form} proves nothing: from its 17th byte on it is what is "
            f"stored, but its first 16 bytes were probably mistyped: {_DOUBTS[proof.doubts[0]]}. Check "
            "capital and small letters, and that no other password ends like this one; or give the text of "
            "a second credential as well (--known once more)"
        )
    if proof.possible:
        return (
            f"no hypothesis gives the known text of {text.location}, unless behind an unknown constant "
            "vector: with a single block every key has one that fits; a second known text, or one of 16 "
            "bytes or more, would settle it"
        )
    return (
        f"no hypothesis gives the known text of {text.location}: the text is not what is stored there (check "
        "its spelling, and the location), its key is not among the candidates, or its layout is none of "
        "those tried"
    )


def _as_typed(text: KnownText, given: Sequence[Hypothesis]) -> str:
    """That a solved vector rests on the first 16 bytes as they were typed, which nothing else of it shows."""
    solved = any(each.layout.constant_iv not in (b"", *TYPED_VECTORS) for each in given)
    if not solved or text.plain.reveal() == PROPOSED_TEXT.encode():
        return ""
    return "; its first 16 bytes are taken as they were typed, and a second known text would confirm them"


_DOUBTS: Final = {
    Doubt.KEY: "with them the initialization vector would be nearly a part of a key",
    Doubt.WELL_KNOWN: "with them the initialization vector would be nearly, but not quite, a well-known one",
    Doubt.PROPOSED: "they are nearly, but not quite, those of the text that this program proposes",
    Doubt.PROVEN: "with them the initialization vector would be nearly one that another text has proven",
    Doubt.ANOTHER_TEXT: "another known text gives nearly, but not quite, the same initialization vector",
    Doubt.DATA: "other stored values are likelier texts behind a vector that differs in a byte",
}
"""Why a solved vector is not believed."""


def left_over_remarks(examined: ExaminedProduct, ring: KeyRing) -> Iterator[str]:
    """What the layouts leave unexplained: of what has their form, and of everything."""
    found = examined.discovered.established
    for each in found:
        if each.opened < each.tried:
            yield (
                f"{each.names[0]} under {ring.keys[each.hypothesis.key].label} opens {each.opened} of "
                f"{each.tried} values of its form that no layout above it opens: the others are under "
                "another key, or in another layout"
            )
    unknown = int((examined.frame["verdict"] == Verdict.UNKNOWN).sum())
    if unknown:
        yield (
            f"{unknown} values are in no layout that was tried: AES in ECB, CBC and GCM with five paddings, "
            "under every key in every form of key file. If they are of another cipher (3DES, Jasypt, "
            "OpenSSL …), describe it in a layouts file (--layouts); if a text is known, --known proves its "
            "layout"
        )
