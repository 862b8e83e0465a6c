"""A key in a layout: what a trial tries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from audit.keys.key_ring import Key
from audit.layouts.key_material import key_material
from audit.layouts.layout import Cipher, KeyForm, Layout, Padding
from parsers.secret import Secret


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One key, taken from one key file, in one layout.

    Attributes:
        key: which candidate, as its place in the key ring.
        aes_key: 16, 24 or 32 bytes; where the layout is not plain AES, the key of its cipher, or a
            passphrase.
        layout: the layout.
        same_as: layouts that differ only in how they take the same bytes from the key file.
    """

    key: int
    aes_key: Secret
    layout: Layout
    same_as: tuple[Layout, ...] = field(default=(), compare=False)

    @property
    def names(self) -> list[str]:
        """The layout's name, and those that cannot be told from it with this key file."""
        return [self.layout.name, *(layout.name for layout in self.same_as)]


def hypotheses(keys: Sequence[Key], layouts: Iterable[Layout]) -> list[Hypothesis]:
    """Every key in every layout, without doubles: equal key bytes in equal layouts are tried once."""
    found: list[Hypothesis] = []
    # Hashing a layout costs as much as all else here: each is hashed once, not once for each key.
    merged: dict[Layout, dict[tuple[int, Secret], int]] = {}
    read: dict[tuple[KeyForm, Cipher, bool], list[Secret | None]] = {}
    for layout in layouts:
        of_layout = merged.setdefault(replace(layout, key_form=KeyForm.RAW), {})
        form = (layout.key_form, layout.cipher, layout.derivation is not None)
        if form not in read:
            read[form] = [key_for(key, layout) for key in keys]
        for place, aes_key in enumerate(read[form]):
            if aes_key is None:
                continue
            known = of_layout.setdefault((place, aes_key), len(found))
            if known == len(found):
                found.append(Hypothesis(place, aes_key, layout))
            else:
                found[known] = replace(found[known], same_as=(*found[known].same_as, layout))
    return found


def key_for(key: Key, layout: Layout) -> Secret | None:
    """What the key's file gives the layout, or None."""
    if layout.key_form is KeyForm.MASTER_KEY:
        return key.master_key
    return key_material(key.content, layout)


def without_looser(alike: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    """The same without ISO 10126 where a stricter padding stands as well.

    A block padded by PKCS#7 or X9.23 is one of ISO 10126, and is read to the same text: what is written in
    the stricter form opens in both.
    """
    listed = tuple(alike)
    stricter = {
        (each.key, each.aes_key, replace(each.layout, padding=Padding.ISO10126))
        for each in listed
        if each.layout.padding in {Padding.PKCS7, Padding.X923}
    }
    return tuple(each for each in listed if (each.key, each.aes_key, each.layout) not in stricter)
