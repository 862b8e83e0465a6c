"""Random estates: one plan a seed, over every layout, population, size, key form and trouble.

A quarter of them hold a few values of a kind of their own besides.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from tests.estates.estate import Estate, Trouble
from tests.estates.key_files import Form
from tests.estates.plan import KeyPlan, Part, Plan, build
from tests.estates.sealing import TYPED_VECTOR, Cipher, Encoding, Padding, Sealing, Vector, Wrapper
from tests.estates.texts import Population

_Choice = TypeVar("_Choice")

_SIZES: Final = {1: 5, 2: 5, 3: 6, 5: 8, 8: 10, 20: 14, 60: 14, 200: 7, 600: 2}
_SHAPES: Final = {
    ("ecb", Vector.NONE): 20,
    ("cbc", Vector.FRONT): 20,
    ("cbc", Vector.ZERO): 13,
    ("cbc", Vector.KEY): 12,
    ("cbc", Vector.CONSTANT): 18,
    ("cbc", Vector.BESIDE): 6,
    ("gcm", Vector.FRONT): 12,
}
_PADDINGS: Final = {
    Padding.PKCS7: 78,
    Padding.ISO10126: 7,
    Padding.X923: 6,
    Padding.ZERO: 6,
    Padding.STAR: 3,
}
_ENCODINGS: Final = {
    Encoding.BASE64: 58,
    Encoding.BASE64_UNPADDED: 6,
    Encoding.URL: 8,
    Encoding.URL_UNPADDED: 5,
    Encoding.HEX: 14,
    Encoding.RAW: 9,
}
_TEXT_WRAPPERS: Final = (Wrapper.AES, Wrapper.VERSION, Wrapper.ENC, Wrapper.JSON, Wrapper.JSON_VARYING)
_POPULATIONS: Final = {
    Population.SHORT: 16,
    Population.LONG: 12,
    Population.MIXED: 18,
    Population.PEM: 12,
    Population.FOREIGN_LETTERS: 14,
    Population.SOME_BINARY: 6,
    Population.BINARY: 5,
    Population.CERTIFICATES: 4,
    Population.EQUAL_LENGTH: 7,
    Population.DUPLICATES: 6,
}
_FORMS: Final = {
    Form.RAW: 45,
    Form.NEWLINE: 10,
    Form.HEX: 12,
    Form.BASE64: 12,
    Form.UTF16: 4,
    Form.MD5: 6,
    Form.SHA1_16: 4,
    Form.SHA256: 7,
}
_WRITTEN_FORMS: Final = (Form.RAW, Form.NEWLINE, Form.HEX, Form.BASE64, Form.UTF16)
_DAMAGE: Final = (
    Trouble.CUT_BLOCK,
    Trouble.CUT_TEXT,
    Trouble.MIDDLE,
    Trouble.MIDDLE,
    Trouble.VECTOR,
    Trouble.LAST,
    Trouble.TYPED,
    Trouble.EMPTY,
    Trouble.EXTERNAL,
)


_ALONE: Final = 0.25
_OWN_WRAPPERS: Final = (
    Wrapper.NONE,
    Wrapper.NONE,
    Wrapper.STAR,
    Wrapper.LETTERS,
    Wrapper.KEY_ID,
    Wrapper.ENC,
)
_OWN_ENCODINGS: Final = (*(2 * (Encoding.BASE64,)), Encoding.HEX, Encoding.HEX_COLONS, Encoding.BASE32)


def draw(seed: int) -> Estate:
    """The estate of a seed."""
    chance = random.Random(seed)
    plan = draw_plan(chance)
    own = random.Random(f"{seed}, one of its own kind")  # of its own, so that the rest stays as it is
    if own.random() < _ALONE:
        plan = replace(plan, parts=(*plan.parts, _alone(plan, own)))
    return build(f"seed {seed}", plan, chance)


def draw_plan(chance: random.Random) -> Plan:
    """A plan, by chance."""
    size = _weighed(_SIZES, chance)
    keys = list(_keys(chance))
    said = chance.choices(["label", "fingerprint", ""], [50, 32, 18])[0]
    parts = list(_parts(len(keys), size, chance))
    aes_keys = len(keys)
    if chance.random() < 0.16:
        keys, parts = _with_foreign(keys, parts, size, chance)
    if aes_keys > 1 and chance.random() < 0.08:
        parts.append(_twice(parts, aes_keys, chance))
    raw = any(each.sealing.encoding is Encoding.RAW for each in parts)
    store = "sqlite" if raw or said == "fingerprint" or chance.random() < 0.6 else "csv"
    return Plan(tuple(keys), tuple(parts), 0, said, _troubles(size, chance), store)


def _weighed(choices: Mapping[_Choice, int], chance: random.Random) -> _Choice:
    return chance.choices(list(choices), list(choices.values()))[0]


def _keys(chance: random.Random) -> list[KeyPlan]:
    """The current key first; a server of one product mostly takes its keys alike."""
    usual = _weighed(_FORMS, chance)
    return [_key(usual, chance) for _ in range(chance.randint(1, 5))]


def _key(usual: Form, chance: random.Random) -> KeyPlan:
    form = usual if chance.random() < 0.7 else _weighed(_FORMS, chance)
    size = chance.choices([16, 24, 32], [45, 10, 45])[0]
    given = chance.random() < 0.84
    if form.derived or chance.random() < 0.8:
        return KeyPlan(size, (form,), (given,))
    # The server's own file and a copy in another form: both among the candidates, or the copy alone.
    copy = chance.choice([each for each in _WRITTEN_FORMS if each is not form])
    return KeyPlan(size, (form, copy), (chance.random() < 0.5, True))


def _parts(keys: int, size: int, chance: random.Random) -> list[Part]:
    """Values under some of the keys; the others are not in use."""
    used = [at for at in range(keys) if chance.random() < (0.85 if at == 0 else 0.6)] or [0]
    used = used[:size]
    weights = [chance.random() ** 2 + 0.05 for _ in used]
    sizes = [max(1, round(size * weight / sum(weights))) for weight in weights]
    sealing, population = _sealing(chance), _weighed(_POPULATIONS, chance)
    parts = []
    for at, count in zip(used, sizes, strict=True):
        own = sealing if chance.random() < 0.55 else _sealing(chance)
        kind = population if chance.random() < 0.6 else _weighed(_POPULATIONS, chance)
        parts.append(_part(at, own, kind, count))
    return parts


def _part(key: int, sealing: Sealing, population: Population, size: int) -> Part:
    """Zero bytes and stars pad what does not end in them: text."""
    if sealing.padding in {Padding.ZERO, Padding.STAR} and not population.is_text:
        sealing = replace(sealing, padding=Padding.PKCS7)
    return Part(key, sealing, population, size)


def _sealing(chance: random.Random) -> Sealing:
    mode, vector = _weighed(_SHAPES, chance)
    encoding = _weighed(_ENCODINGS, chance)
    if vector is Vector.BESIDE and encoding is Encoding.RAW:
        encoding = Encoding.BASE64
    constant = b""
    if vector is Vector.CONSTANT:
        constant = TYPED_VECTOR if chance.random() < 0.3 else chance.randbytes(16)
    return Sealing(
        mode=mode,
        vector=vector,
        padding=Padding.PKCS7 if mode == "gcm" else _weighed(_PADDINGS, chance),
        encoding=encoding,
        wrapper=_wrapper(encoding, vector, chance),
        prefix=chance.randbytes(chance.randint(1, 4)) if chance.random() < 0.14 else b"",
        constant=constant,
        nonce=chance.choice([12, 12, 16]) if mode == "gcm" else 0,
    )


def _wrapper(encoding: Encoding, vector: Vector, chance: random.Random) -> Wrapper:
    if encoding is Encoding.RAW or vector is Vector.BESIDE or chance.random() > 0.14:
        return Wrapper.NONE
    return chance.choice((*_TEXT_WRAPPERS, Wrapper.HEX) if encoding is Encoding.HEX else _TEXT_WRAPPERS)


def _with_foreign(
    keys: list[KeyPlan], parts: list[Part], size: int, chance: random.Random
) -> tuple[list[KeyPlan], list[Part]]:
    """Values of a cipher that the program does not open, mostly beside the others, its key mostly given."""
    cipher = chance.choice([each for each in Cipher if each is not Cipher.AES])
    key_size = {Cipher.DES3: 24, Cipher.DES: 8, Cipher.JASYPT: 14, Cipher.OPENSSL: 14}.get(cipher, 16)
    keys = [*keys, KeyPlan(key_size, (Form.RAW,), (chance.random() < 0.8,))]
    mode = chance.choice(["ecb", "cbc"])
    encoding = chance.choice([Encoding.BASE64, Encoding.BASE64, Encoding.HEX])
    sealing = Sealing(cipher, mode, Vector.NONE, Padding.PKCS7, encoding)
    kinds = [each for each in Population if each.is_text]
    part = Part(len(keys) - 1, sealing, chance.choice(kinds), max(1, size // chance.randint(1, 5)))
    return keys, [*(parts if chance.random() < 0.8 else []), part]


def _twice(parts: list[Part], keys: int, chance: random.Random) -> Part:
    """A migration that ran twice: what an older key had sealed, sealed again by the current one."""
    plain = Sealing(encoding=Encoding.BASE64)
    outer = next((each.sealing for each in parts if each.key == 0 and each.sealing.supported), plain)
    inner = chance.randrange(1, keys)
    within = next((each.sealing for each in parts if each.key == inner and each.sealing.supported), plain)
    if outer.padding in {Padding.ZERO, Padding.STAR}:
        outer = replace(outer, padding=Padding.PKCS7)
    size = chance.choice([1, 5, 10])
    return Part(0, outer, chance.choice([Population.SHORT, Population.MIXED]), size, inner, within)


def _alone(plan: Plan, chance: random.Random) -> Part:
    """One to three values in a form that no others have, under a key that opens others."""
    others = chance.choice([each for each in plan.parts if each.sealing.supported] or list(plan.parts))
    key = others.key if others.sealing.supported else 0
    prefix = chance.randbytes(chance.randint(1, 15)) if chance.random() < 0.3 else b""
    own = _sealing(chance)
    if own.encoding is Encoding.RAW or own.vector is not Vector.BESIDE:
        encoding, wrapper = chance.choice(_OWN_ENCODINGS), chance.choice(_OWN_WRAPPERS)
        own = replace(own, encoding=encoding, wrapper=wrapper, prefix=prefix)
    population = chance.choice([Population.SHORT, Population.MIXED, Population.LONG, Population.BINARY])
    return _part(key, own, population, chance.choice([1, 1, 2, 3]))


def _troubles(size: int, chance: random.Random) -> dict[Trouble, int]:
    """Mostly nothing or little; sometimes a fifth of the store."""
    rate = chance.choices([0.0, 0.03, 0.2], [45, 38, 17])[0]
    count = 0 if not rate else max(1, round(size * rate))
    troubles: dict[Trouble, int] = {}
    for trouble in chance.choices(_DAMAGE, k=count):
        troubles[trouble] = troubles.get(trouble, 0) + 1
    return troubles
