"""What an estate is to be made of, and the making: the same plan and seed give the same estate."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.estates.estate import EDITED, Estate, StoredValue, Trouble
from tests.estates.key_files import Form, TrueKey, make_key
from tests.estates.sealing import Cipher, Encoding, Sealing, Vector, Wrapper, seal, written_down
from tests.estates.texts import Population, secrets


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """A key of `size` bytes, and its files: a form each, and whether it is among the candidates."""

    size: int = 16
    forms: tuple[Form, ...] = (Form.RAW,)
    given: tuple[bool, ...] = (True,)


@dataclass(frozen=True, slots=True)
class Part:
    """Values that were sealed alike.

    Attributes:
        key: index of the key in the plan.
        inner: index of the key under which the texts were sealed once before, if they are encrypted twice.
        inner_sealing: how, then.
    """

    key: int
    sealing: Sealing
    population: Population
    size: int
    inner: int | None = None
    inner_sealing: Sealing | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An estate to be.

    Attributes:
        current: index of the key that the server uses.
        said: how that is told: `label`, `fingerprint`, or "".
        troubles: to how many values what happens.
        store: `csv` or `sqlite`.
    """

    keys: tuple[KeyPlan, ...]
    parts: tuple[Part, ...]
    current: int = 0
    said: str = "label"
    troubles: Mapping[Trouble, int] = field(default_factory=dict)
    store: str = "sqlite"


def build(name: str, plan: Plan, chance: random.Random) -> Estate:
    """The estate of a plan."""
    keys = tuple(
        make_key(f"key{at}", each.size, each.forms, each.given, chance) for at, each in enumerate(plan.keys)
    )
    values = [each for part in plan.parts for each in _sealed(part, keys, chance)]
    chance.shuffle(values)
    values = list(_troubled(values, plan.troubles, keys, chance))
    chance.shuffle(values)
    named = tuple(replace(each, name=f"c{at:04}") for at, each in enumerate(values))
    return Estate(name, keys, named, f"key{plan.current}" if plan.said else "", plan.said, plan.store)


def sealed_value(
    text: bytes, key: TrueKey, sealing: Sealing, population: Population, chance: random.Random
) -> StoredValue:
    """One whole value, without a name yet."""
    return StoredValue(
        name="",
        value=seal(sealing, key.secret, text, chance),
        text=text,
        key=key.name,
        inner="",
        sealing=sealing,
        trouble=Trouble.NONE,
        population=str(population),
        is_text=population.is_text,
    )


def _sealed(part: Part, keys: Sequence[TrueKey], chance: random.Random) -> Iterator[StoredValue]:
    for text in secrets(part.population, part.size, chance):
        outer = keys[part.key]
        if part.inner is None or part.inner_sealing is None:
            yield sealed_value(text, outer, part.sealing, part.population, chance)
            continue
        within = seal(part.inner_sealing, keys[part.inner].secret, text, chance)
        twice = sealed_value(within, outer, part.sealing, part.population, chance)
        yield replace(twice, text=text, inner=keys[part.inner].name, trouble=Trouble.TWICE)


def _troubled(
    values: list[StoredValue], troubles: Mapping[Trouble, int], keys: Sequence[TrueKey], chance: random.Random
) -> Iterator[StoredValue]:
    """The values, some of them altered, and what never was a ciphertext added."""
    left = list(values)
    for trouble, count in troubles.items():
        for _ in range(count):
            if trouble in {Trouble.TYPED, Trouble.EMPTY, Trouble.EXTERNAL}:
                yield _never_sealed(trouble, chance)
                continue
            at = next((at for at, each in enumerate(left) if _takes(each, trouble)), None)
            if at is not None:
                yield altered(left.pop(at), trouble, keys, chance)
    yield from left


def _never_sealed(trouble: Trouble, chance: random.Random) -> StoredValue:
    (text,) = secrets(chance.choice([Population.SHORT, Population.MIXED, Population.LONG]), 1, chance)
    value = text if trouble is Trouble.TYPED else None
    return StoredValue("", value, text if value else b"", "", "", None, trouble, "typed", is_text=True)


def _takes(value: StoredValue, trouble: Trouble) -> bool:
    """Whether that can happen to such a value."""
    sealing = value.sealing
    if sealing is None or value.trouble is not Trouble.NONE:
        return False
    if sealing.cipher is not Cipher.AES:
        return False
    if trouble is Trouble.VECTOR:
        return sealing.mode == "cbc" and sealing.vector in {Vector.FRONT, Vector.BESIDE}
    if trouble is Trouble.MIDDLE:
        return sealing.mode == "gcm" or len(value.text) >= 32
    return trouble is not Trouble.CUT_TEXT or sealing.encoding is not Encoding.RAW


def altered(
    value: StoredValue, trouble: Trouble, keys: Sequence[TrueKey], chance: random.Random
) -> StoredValue:
    """The value with that done to it. Ciphertext is altered as bytes and written down again."""
    sealing, stored = value.sealing, value.value
    if sealing is None or stored is None:
        raise ValueError("nothing to alter")
    if trouble is Trouble.CUT_TEXT:
        kept = stored[: -chance.choice([1, 2, 3, 5, len(stored) // 3 or 1])]
        return replace(value, value=kept, trouble=trouble)
    key = next(each for each in keys if each.name == value.key)
    bare = replace(
        sealing, encoding=Encoding.RAW, wrapper=Wrapper.NONE, prefix=b"", vector=_as_front(sealing)
    )
    data = bytearray(seal(bare, key.secret, value.text, chance))
    front = sealing.nonce if sealing.mode == "gcm" else 16 if bare.vector is Vector.FRONT else 0
    if trouble is Trouble.CUT_BLOCK:
        del data[-chance.randint(1, 15) :]
    elif trouble in EDITED:
        at = _place(trouble, front, len(data), chance)
        data[at] ^= chance.randrange(1, 256)
    return replace(
        value, value=written_down(sealing, bytes(data[:front]), bytes(data[front:]), chance), trouble=trouble
    )


def _as_front(sealing: Sealing) -> Vector:
    return Vector.FRONT if sealing.vector is Vector.BESIDE else sealing.vector


def _place(trouble: Trouble, start: int, size: int, chance: random.Random) -> int:
    if trouble is Trouble.VECTOR:
        return chance.randrange(16)
    if trouble is Trouble.LAST:
        return chance.randrange(size - 16, size)
    last = max(start + 1, size - 32)  # never the last block, nor the one whose bits reach into its padding
    return chance.randrange(start, last)
