"""Writes `estates/*.json`: small estates with their truth, one for each kind of case.

    python -m tests.vectors.make_estates

The same bytes every time. Ciphertext is PyCryptodome's (`tests.estates.sealing`); what is right for a value
follows from the truth alone, whatever the program says today.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.estates.estate import EDITED, Estate, StoredValue, Trouble
from tests.estates.kept import FOLDER, KeptDocument, KeptEstate, KeptKey, KeptValue
from tests.estates.key_files import Form
from tests.estates.laws import TEXT_POPULATION, is_text, right_labels
from tests.estates.named_layout import text_by_name
from tests.estates.octopus import draw_octopus
from tests.estates.plan import KeyPlan, Part, Plan, build
from tests.estates.sealing import TYPED_VECTOR, Cipher, Encoding, Padding, Sealing, Vector, Wrapper
from tests.estates.texts import Population

_CONSTANT: Final = bytes.fromhex("8f1e3c7a5b9d2046e1f0a3b5c7d98264")
_ECB: Final = Sealing(mode="ecb", vector=Vector.NONE)
_FRONT: Final = Sealing()
_ZERO: Final = Sealing(vector=Vector.ZERO)
_BY_KEY: Final = Sealing(vector=Vector.KEY)
_HIDDEN: Final = Sealing(vector=Vector.CONSTANT, constant=_CONSTANT)
_TYPED: Final = Sealing(vector=Vector.CONSTANT, constant=TYPED_VECTOR)
_GCM: Final = Sealing(mode="gcm", nonce=12)
_AES256: Final = KeyPlan(32)
_AES128: Final = KeyPlan(16)
_MISSING: Final = KeyPlan(16, given=(False,))

_NAMES: Final = ("aes-ecb", "aes-cbc/iv-front", "aes-cbc/iv-zero", "aes-cbc/iv-key")
_OCTOPUS_SEEDS: Final = {
    "octopus-strings-within-strings": 102,
    "octopus-damaged": 174,
    "octopus-key-missing": 179,
}


@dataclass(frozen=True, slots=True)
class Case:
    """An estate to keep.

    Attributes:
        at_least: see `KeptEstate`.
    """

    why: str
    plan: Plan
    at_least: Mapping[str, int] = field(default_factory=dict)


def _alike(sealing: Sealing, population: Population = Population.LONG, size: int = 12) -> Plan:
    """All under the current key."""
    store = "sqlite" if sealing.encoding is Encoding.RAW else "csv"
    return Plan((_AES256, _AES128), (Part(0, sealing, population, size),), store=store)


def _sure(why: str, sealing: Sealing, population: Population = Population.LONG) -> Case:
    return Case(why, _alike(sealing, population), {"current": 6})


def _changed(**what: object) -> Sealing:
    """CBC with the vector in front, but for this."""
    from dataclasses import replace

    return replace(_FRONT, **what)  # type: ignore[arg-type]  # names and values are checked by the class


_OLD_CIPHERS: Final = Plan(
    (_AES256, KeyPlan(24), KeyPlan(8), KeyPlan(16)),
    (
        Part(0, _FRONT, Population.MIXED, 8),
        Part(1, Sealing(Cipher.DES3, "ecb", Vector.NONE), Population.MIXED, 8),
        Part(2, Sealing(Cipher.DES, "cbc", Vector.NONE), Population.MIXED, 4),
        Part(3, Sealing(Cipher.BLOWFISH, "cbc", Vector.NONE), Population.MIXED, 4),
    ),
    store="csv",
)
_PASSWORD_BASED: Final = Plan(
    (_AES256, KeyPlan(14), KeyPlan(14)),
    (
        Part(0, _FRONT, Population.MIXED, 8),
        Part(1, Sealing(Cipher.JASYPT), Population.MIXED, 8),
        Part(2, Sealing(Cipher.OPENSSL), Population.MIXED, 8),
    ),
    store="csv",
)
_NOISE: Final = Plan(
    (_AES256, KeyPlan(16), KeyPlan(32)),
    (
        Part(0, _FRONT, Population.MIXED, 8),
        Part(1, Sealing(Cipher.RSA), Population.MIXED, 4),
        Part(2, Sealing(Cipher.STREAM), Population.MIXED, 8),
    ),
    store="csv",
)


def _older(older: Sealing, current: Sealing, population: Population, size: int = 8) -> Plan:
    """Two keys in use."""
    parts = (Part(0, current, Population.LONG, 8), Part(1, older, population, size))
    return Plan((_AES256, _AES128), parts, store="csv")


def _forms(own: Form, *copies: Form, given: tuple[bool, ...]) -> Plan:
    key = KeyPlan(32, (own, *copies), given)
    return Plan((key, _AES128), (Part(0, _FRONT, Population.LONG, 8),), store="csv")


CASES: Final[Mapping[str, Case]] = {
    "ecb": _sure("ECB, as published exports look", _ECB),
    "ecb-one-block": Case(
        "passwords of one block: ECB and a zero vector give the same text", _alike(_ECB, Population.SHORT, 16)
    ),
    "cbc-front": _sure("CBC with the vector in front", _FRONT),
    "cbc-zero": _sure("CBC with a zero vector", _ZERO),
    "cbc-by-key": _sure("CBC with the vector from the key", _BY_KEY),
    "cbc-constant": Case("a constant vector that nobody knows: the first block is hidden", _alike(_HIDDEN)),
    "cbc-typed": Case("a constant vector that somebody typed", _alike(_TYPED)),
    "cbc-beside": _sure("CBC with the vector beside", _changed(vector=Vector.BESIDE)),
    "gcm-12": _sure("GCM with a nonce of 12 bytes", _GCM),
    "gcm-16": _sure("GCM with a nonce of 16 bytes", Sealing(mode="gcm", nonce=16)),
    "base64url": _sure("base64url without padding", _changed(encoding=Encoding.URL_UNPADDED)),
    "base64-unpadded": _sure("base64 without padding", _changed(encoding=Encoding.BASE64_UNPADDED)),
    "hex": _sure("hex", _changed(encoding=Encoding.HEX)),
    "raw": _sure("bytes as they are", _changed(encoding=Encoding.RAW)),
    "iso10126": _sure("ISO 10126 padding", _changed(padding=Padding.ISO10126)),
    "x923": _sure("ANSI X.923 padding", _changed(padding=Padding.X923)),
    "zero-padding": Case("zero bytes for padding", _alike(_changed(padding=Padding.ZERO))),
    "star-padding": Case("stars for padding", _alike(_changed(padding=Padding.STAR))),
    "version-byte": Case(
        "a version byte in front of ECB",
        _alike(_changed(mode="ecb", vector=Vector.NONE, prefix=b"\x01")),
        {"current": 6},
    ),
    "version-bytes-gcm": Case(
        "four constant bytes in front of GCM", _alike(Sealing(mode="gcm", nonce=12, prefix=b"v\x00\x01\x02"))
    ),
    "wrapped-aes": _sure("{AES} around the base64", _changed(wrapper=Wrapper.AES)),
    "wrapped-version": _sure("v1: in front of the base64", _changed(wrapper=Wrapper.VERSION)),
    "wrapped-enc": _sure("ENC(…) around the base64", _changed(wrapper=Wrapper.ENC)),
    "wrapped-0x": _sure("0x in front of hex", _changed(wrapper=Wrapper.HEX, encoding=Encoding.HEX)),
    "wrapped-json": _sure("JSON with a constant member beside", _changed(wrapper=Wrapper.JSON)),
    "wrapped-json-varying": _sure("JSON with a number beside", _changed(wrapper=Wrapper.JSON_VARYING)),
    "pem-behind-constant": Case(
        "private keys with one header behind a constant vector, under an older key",
        _older(_HIDDEN, _GCM, Population.PEM, 5),
    ),
    "letters-behind-constant": Case(
        "Cyrillic, Greek and German behind a constant vector, under an older key",
        _older(_HIDDEN, _GCM, Population.FOREIGN_LETTERS, 20),
    ),
    "equal-ends-behind-constant": Case(
        "secrets of equal length behind a constant vector are no one secret",
        _alike(_HIDDEN, Population.EQUAL_LENGTH, 14),
    ),
    "certificates": Case("certificates and passwords", _alike(_FRONT, Population.CERTIFICATES)),
    "binary-tokens": Case("nothing but binary secrets", _alike(_FRONT, Population.BINARY)),
    "same-key-two-files": Case(
        "the server's file ends with a newline, and a copy is in base64",
        _forms(Form.NEWLINE, Form.BASE64, given=(True, True)),
        {"current": 4},
    ),
    "key-as-utf-16": Case("the key in hex, as UTF-16", _forms(Form.UTF16, given=(True,))),
    "key-from-digest": Case(
        "the key is the SHA-256 of the file", _forms(Form.SHA256, given=(True,)), {"current": 4}
    ),
    "older-key-as-hex": Case(
        "one value under an older key, whose file is written otherwise than the current one's",
        Plan(
            (_AES256, KeyPlan(16, (Form.HEX,))),
            (Part(0, _FRONT, Population.LONG, 10), Part(1, _FRONT, Population.SHORT, 1)),
            store="csv",
        ),
    ),
    "key-missing": Case(
        "the history names a key that nobody has",
        Plan(
            (_AES256, _MISSING),
            (Part(0, _ECB, Population.LONG, 8), Part(1, _ECB, Population.LONG, 6)),
            said="fingerprint",
        ),
        {"current": 4},
    ),
    "old-block-ciphers": Case("3DES, DES and Blowfish beside AES, every key there", _OLD_CIPHERS),
    "password-based": Case("Jasypt and OpenSSL's salted form beside AES, passwords there", _PASSWORD_BASED),
    "noise": Case("RSA and values of any length beside AES", _NOISE),
    "encrypted-twice": Case(
        "five values of the current key hold what an older key wrote",
        Plan(
            (_AES256, _AES128),
            (Part(0, _FRONT, Population.LONG, 8), Part(0, _FRONT, Population.LONG, 5, 1, _FRONT)),
            store="csv",
        ),
    ),
    "damaged": Case(
        "values cut, edited and typed, among many that are whole",
        Plan(
            (_AES256, _AES128),
            (Part(0, _FRONT, Population.LONG, 24),),
            troubles=dict.fromkeys(
                (each for each in Trouble if each not in {Trouble.NONE, Trouble.TWICE}), 2
            ),
            store="csv",
        ),
        {"current": 8},
    ),
    "own-prefix": Case(
        "one value in GCM behind three bytes that no other value has",
        Plan(
            (_AES256, _AES128),
            (
                Part(0, _GCM, Population.LONG, 12),
                Part(1, Sealing(mode="gcm", nonce=12, prefix=b"\x0c\x00\xa1"), Population.LONG, 1),
            ),
            store="csv",
        ),
    ),
    "own-forms": Case(
        "single values with a head of their own, in base32 and in hex with colons",
        Plan(
            (_AES256, _AES128),
            (
                Part(0, _ECB, Population.MIXED, 24),
                Part(0, _changed(mode="ecb", vector=Vector.NONE, wrapper=Wrapper.STAR), Population.LONG, 1),
                Part(1, _changed(wrapper=Wrapper.LETTERS), Population.LONG, 1),
                Part(0, _changed(encoding=Encoding.BASE32), Population.LONG, 1),
                Part(1, _changed(encoding=Encoding.HEX_COLONS), Population.LONG, 1),
            ),
            store="csv",
        ),
        {"current": 12},
    ),
    "blocks-behind-typed": Case(
        "three passwords of one block behind a typed vector, among others in ECB under the same key",
        Plan(
            (_AES256,),
            (Part(0, _ECB, Population.MIXED, 24), Part(0, _TYPED, Population.SHORT, 3)),
            store="csv",
        ),
        {"current": 12},
    ),
    "blocks-behind-constant": Case(
        "four passwords of one block behind a constant vector, among others in ECB under the same key",
        Plan(
            (_AES256,),
            (Part(0, _ECB, Population.MIXED, 24), Part(0, _HIDDEN, Population.SHORT, 4)),
            store="csv",
        ),
        {"current": 12},
    ),
    "binary-under-second-key": Case(
        "three binary secrets under a key that opens nothing else",
        Plan(
            (_AES256, _AES128),
            (Part(0, _ECB, Population.MIXED, 24), Part(1, _ECB, Population.BINARY, 3)),
            store="csv",
        ),
        {"current": 12},
    ),
    "encrypted-twice-unsettled": Case(
        "what an older key wrote lies under the current key behind a typed vector, and in part in one block",
        Plan(
            (_AES256, _AES128),
            (
                Part(0, _TYPED, Population.LONG, 4),
                Part(1, _HIDDEN, Population.PEM, 6),
                Part(0, _TYPED, Population.SHORT, 5, 1, _FRONT),
                Part(0, _ECB, Population.SHORT, 3, 1, _HIDDEN),
            ),
            store="csv",
        ),
    ),
    "text-garbled-before-a-short-end": Case(
        "bytes overwritten in values of other scripts",
        Plan(
            (_AES256,),
            (Part(0, _FRONT, Population.FOREIGN_LETTERS, 40),),
            troubles={Trouble.MIDDLE: 6, Trouble.VECTOR: 3},
            store="csv",
        ),
        {"current": 20},
    ),
    "single-value": Case("one value alone", _alike(_FRONT, Population.SHORT, 1)),
}


def main() -> None:
    """Write them all, and take away what is none of them any more."""
    FOLDER.mkdir(exist_ok=True)
    made = {name: _kept(name, case) for name, case in CASES.items()}
    made |= {name: _kept_octopus(seed) for name, seed in _OCTOPUS_SEEDS.items()}
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, estate in made.items():
        text = estate.model_dump_json(indent=1, exclude_defaults=True)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", "utf-8")


def _kept(name: str, case: Case) -> KeptEstate:
    return kept_of(build(name, case.plan, random.Random(name)), case.why, case.at_least)


def _kept_octopus(seed: int) -> KeptEstate:
    drawn = draw_octopus(seed)
    documents = tuple(
        KeptDocument(table=each.table, id=each.id, columns=each.columns, json_=each.json)
        for each in drawn.documents
    )
    kept = kept_of(drawn.estate, "sealed strings in documents of Octopus Deploy", {})
    return kept.model_copy(update={"documents": documents, "store": "csv"})


def kept_of(estate: Estate, why: str, at_least: Mapping[str, int]) -> KeptEstate:
    """The file of an estate: what is stored, and what may be said of it."""
    copies = [copy for key in estate.keys for copy in key.copies]
    return KeptEstate(
        why=why,
        store=estate.store,
        current=estate.current,
        said=estate.said,
        keys=tuple(
            KeptKey(label=each.label, content=each.content.hex(), given=each.given) for each in copies
        ),
        at_least=at_least,
        values=tuple(_value(estate, each) for each in estate.values),
    )


def _value(estate: Estate, value: StoredValue) -> KeptValue:
    stored = value.value
    as_text = stored is None or stored.isascii()
    sealed = value.sealing.name if value.sealing else "not sealed"
    return KeptValue(
        name=value.where or value.name,
        value=stored.decode() if stored is not None and as_text else None,
        hex="" if stored is None or as_text else stored.hex(),
        external=value.trouble is Trouble.EXTERNAL,
        truth=", ".join(filter(None, (sealed, value.key, value.population, value.trouble))),
        allowed=allowed(estate, value),
        opened_by=tuple(sorted(right_labels(estate, value))),
        wrong_layouts=_wrong_layouts(estate, value),
    )


def allowed(estate: Estate, value: StoredValue) -> tuple[str, ...]:
    """Every verdict that is no lie."""
    unsure = ("unknown", "ambiguous")
    opens = _opens(estate, value)
    match value.trouble:
        case Trouble.EMPTY | Trouble.EXTERNAL:
            return (str(value.trouble),)
        case Trouble.TYPED:
            return ("plain-text", *unsure)
        case Trouble.TWICE:
            return ("older-key", *unsure) if estate.given(value.inner) else ("current", *unsure)
        case Trouble.NONE if opens:
            supported = value.sealing is not None and value.sealing.supported
            return (*opens, *unsure) if supported else unsure
        case Trouble.NONE:
            return ("lost", *unsure)
        case _:
            return (*_of_damaged(estate, value, opens), "lost", "damaged", *unsure)


def _opens(estate: Estate, value: StoredValue) -> tuple[str, ...]:
    if not estate.given(value.key):
        return ()
    if not estate.stated:
        return ("current", "older-key")  # a candidate that stands alone is taken for current
    return ("current" if value.key == estate.current else "older-key",)


def _of_damaged(estate: Estate, value: StoredValue, opens: tuple[str, ...]) -> tuple[str, ...]:
    """What a damaged value may be taken for: sound, if it still opens to text; typed, if it is cut off."""
    if value.trouble not in EDITED:
        whole = estate.truly_in(value) == value.text  # only the padding of its base64 is gone
        return ("plain-text", *opens) if whole else ("plain-text",)
    alike = [each for each in estate.values if each.key == value.key and each.trouble is Trouble.NONE]
    text = estate.visibly_in(value)
    unlike = len(alike) >= TEXT_POPULATION and all(each.is_text for each in alike)
    return () if text is None or (unlike and not is_text(text)) else opens


def _wrong_layouts(estate: Estate, value: StoredValue) -> tuple[str, ...]:
    if value.sealing is None or value.value is None or value.trouble is not Trouble.NONE:
        return ()
    if not value.sealing.supported:
        return ()
    key, padding = estate.key(value.key).secret, value.sealing.padding
    texts = {
        name: text_by_name(f"{name}/{padding}", value.sealing, key, value.value)
        for name in _NAMES
        if value.sealing.mode != "gcm"
    }
    return tuple(name for name, text in texts.items() if text is not None and text != value.text)


if __name__ == "__main__":
    main()
