"""The candidate keys of a run: each once, with the one that the server uses now."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audit.errors import KeyRingError
from audit.keys.key_dates import comparable, is_history
from audit.product import Product
from parsers.keys.aes_forms import key_bits, written_keys
from parsers.keys.key_file import KeyFile
from parsers.keys.mending import MendedKey, mended_forms
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

_SHORT: Final = 1024


@dataclass(frozen=True, slots=True)
class Key:
    """A candidate key.

    Attributes:
        label: what reports call it; distinct in a ring.
        aliases: labels of other files with the same content.
        content: the whole file; the layout says how an AES key comes from it.
        master_key: the master key that the file holds, if any (`KeyForm.MASTER_KEY`).
        fingerprint: SHA-1 of the whole file, 40 lower-case hex digits.
        bits: the AES key length that is the likeliest for it, 0 if it can be none as it stands.
        current: whether the server uses it now.
        remarks: what is unusual about its files.
        twins: labels of other keys whose files write down the same AES key in another form.
    """

    label: str
    aliases: tuple[str, ...]
    content: Secret
    master_key: Secret | None
    fingerprint: str
    bits: int
    current: bool
    remarks: tuple[str, ...]
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The candidates for one product's values, in the order given; one is current, with its twins.

    Attributes:
        product: the product. Its values are tried under these keys and under no others.
        keys: each once, labels distinct.
        remarks: how the current key was chosen or why there is none, and what was merged or renamed.
        chosen: label of the current key that was chosen; its twins are current too.
        new: label of a key that is only to be written under, if there is one: that it opens nothing is no
            sign that what no key opens may be its own.
    """

    product: Product
    keys: tuple[Key, ...]
    remarks: tuple[str, ...]
    chosen: str = ""
    new: str = ""

    @property
    def current(self) -> Key | None:
        """The key that the server uses now, if known: the chosen one."""
        current = [key for key in self.keys if key.current]
        return next((key for key in current if key.label == self.chosen), current[0] if current else None)

    def opens_as(self, key: Key) -> Key:
        """The key in whose name `key` opens values: of twins the chosen current one, else the first."""
        if not key.twins:
            return key
        twins = [each for each in self.keys if each.label == key.label or each.label in key.twins]
        return next((each for each in twins if each.label == self.chosen), twins[0])

    def find(self, label: str) -> Key | None:
        """The key with this label or alias."""
        return next((key for key in self.keys if label == key.label or label in key.aliases), None)

    def by_fingerprint(self, fingerprint: str) -> Key | None:
        """The key whose file has this SHA-1, or else had it before something changed the copy."""
        exact = next((key for key in self.keys if key.fingerprint == fingerprint), None)
        return exact or next((key for key, _ in changed_copies(self.keys, fingerprint)), None)


def changed_copies(keys: Iterable[Key], fingerprint: str) -> Iterator[tuple[Key, MendedKey]]:
    """The keys whose file would have this SHA-1 if a newline or an encoding were undone, and how."""
    for key in keys:
        for mended in mended_forms(key.content):
            if mended.fingerprint == fingerprint:
                yield key, mended


def make_key_ring(
    product: Product,
    files: Iterable[KeyFile],
    *,
    current_label: str | None,
    seen: Sequence[FingerprintSeen],
    named_by: str = "you said",
    logged: Sequence[FingerprintSeen] = (),
) -> KeyRing:
    """The ring of these files: doubles merged under the first label, the current key and its twins marked.

    Current is `current_label`; else the key that the stores name: the one with the newest date in
    `ec_configuration_history`, or where there is no history in the exports; else, if they name none, the only
    candidate that can be a key. A fingerprint is also that of a file which a newline or an encoding changed.

    Args:
        product: whose keys they are; it says which files are one key.
        files: the candidates, in the order in which the user gave them. Unlikely ones are left out, unless
            `seen` or `logged` names their fingerprint.
        current_label: label or alias of the current key, if the user named it.
        seen: the fingerprints that the stores name.
        named_by: who named `current_label`, as the remark about it words it.
        logged: the fingerprints that logs name: they do not say which key is current.

    Raises:
        KeyRingError: no file is labelled `current_label`.
    """
    named = [each.fingerprint for each in comparable([*seen, *logged])]
    taken = [file for file in files if _is_taken(file, named, current_label)]
    merged, remarks = _merged(taken, product.keys.identity)
    keys, doubles = with_twins(merged)
    ring = KeyRing(product, keys, ())
    current, remark = (
        _chosen(ring, current_label, named_by) if current_label is not None else _by_fingerprint(ring, seen)
    )
    return KeyRing(
        product,
        tuple(replace(key, current=_is_current(key, current)) for key in keys),
        (*remarks, *doubles, *_cures(keys, named), remark),
        current.label if current else "",
    )


def _is_taken(file: KeyFile, named: Sequence[str], current_label: str | None) -> bool:
    if file.likely or file.label == current_label or file.fingerprint in named:
        return True
    # A large tree holds thousands of files: only what is as short as a key is looked at for changes.
    return len(file.content) <= _SHORT and any(
        each.fingerprint in named for each in mended_forms(file.content)
    )


def _is_current(key: Key, current: Key | None) -> bool:
    return current is not None and (key is current or current.label in key.twins)


def _cures(keys: Sequence[Key], named: Iterable[str]) -> Iterator[str]:
    """For each fingerprint that no file has: which file had it, and how it has it again."""
    own = {key.fingerprint for key in keys}
    for fingerprint in dict.fromkeys(each for each in named if each not in own):
        for key, mended in changed_copies(keys, fingerprint):
            how = f": `{mended.command}`, with {key.label!r} for FILE" if mended.command else ""
            yield (
                f"{key.label!r} {mended.how} has the fingerprint {fingerprint} that is named: "
                f"it is this passkey, but not byte by byte; make a copy of it so before a server gets it{how}"
            )
            break


def _merged(
    files: Iterable[KeyFile], identity_of: Callable[[KeyFile], Secret]
) -> tuple[tuple[Key, ...], tuple[str, ...]]:
    keys: dict[Secret, Key] = {}
    remarks: list[str] = []
    taken: set[str] = set()
    for file in files:
        identity = identity_of(file)
        known = keys.get(identity)
        if known is not None and file.label in (known.label, *known.aliases):
            remarks.append(f"{file.reference!r} is the same key as {known.label!r}")
            continue
        label = _free_label(file.label, taken)
        taken.add(label)
        if label != file.label:
            remarks.append(f"{file.label!r} is taken: {file.reference!r} is called {label!r}")
        if known is None:
            keys[identity] = _key(file, label)
        else:
            keys[identity] = _with_alias(known, file, label)
            remarks.append(f"{label!r} is the same key as {known.label!r}")
    return tuple(keys.values()), tuple(remarks)


def _free_label(label: str, taken: set[str]) -> str:
    free, number = label, 1
    while free in taken:
        number += 1
        free = f"{label} ({number})"
    return free


def _key(file: KeyFile, label: str) -> Key:
    return Key(
        label=label,
        aliases=(),
        content=file.content,
        master_key=file.master_key,
        fingerprint=file.fingerprint,
        bits=key_bits(file.content, file.master_key),
        current=False,
        remarks=file.remarks,
    )


def _with_alias(key: Key, file: KeyFile, label: str) -> Key:
    remarks = dict.fromkeys((*key.remarks, *(f"{label}: {remark}" for remark in file.remarks)))
    return replace(key, aliases=(*key.aliases, label), remarks=tuple(remarks))


def _chosen(ring: KeyRing, label: str, named_by: str) -> tuple[Key, str]:
    key = ring.find(label)
    if key is None:
        labels = ", ".join(each for known in ring.keys for each in (known.label, *known.aliases))
        raise KeyRingError(
            f"no key is labelled {label!r}", hint=f"labels: {labels or 'none, no key was given'}"
        )
    return key, f"current key: {key.label!r}, as {named_by}"


def _by_fingerprint(ring: KeyRing, seen: Sequence[FingerprintSeen]) -> tuple[Key | None, str]:
    """The key that the store names, or the only one, and a sentence that says why."""
    newest = _newest(seen)
    if not newest:
        return _alone(ring)
    where, date = newest[-1].where, newest[-1].when
    fingerprints = sorted({each.fingerprint for each in newest})
    if len(fingerprints) > 1:
        return (
            None,
            f"no current key: {where} names several fingerprints ({', '.join(fingerprints)}); say --current",
        )
    key = ring.by_fingerprint(fingerprints[0])
    used = f", last used {date}" if date else ""
    if key is None:
        return (
            None,
            f"no current key: no candidate has the fingerprint {fingerprints[0]} that {where} names{used}",
        )
    if key.fingerprint != fingerprints[0]:
        _, mended = next(changed_copies([key], fingerprints[0]))
        return key, (
            f"current key: {key.label!r}, which {mended.how} has the fingerprint that {where} names{used}"
        )
    return key, f"current key: {key.label!r}, whose fingerprint {where} names{used}"


def _newest(seen: Sequence[FingerprintSeen]) -> list[FingerprintSeen]:
    """The sightings with the newest date: of the history if there is one, else of the exports."""
    dated = comparable(seen)
    trusted = [each for each in dated if is_history(each)] or dated
    return [each for each in trusted if each.when == trusted[-1].when]


def _alone(ring: KeyRing) -> tuple[Key | None, str]:
    """A file that is not a key in any form does not count: it may be any file of the folder."""
    possible = [key for key in ring.keys if key.bits]
    if possible and len({key.label for key in possible} - set(possible[0].twins)) == 1:
        key = possible[0]
        which = "the only candidate" if len(ring.keys) == 1 else "the only candidate that can be a key"
        return key, f"current key: {key.label!r}, {which}; no store names a fingerprint"
    if ring.keys and not possible:
        return (
            None,
            "no current key: no store names a fingerprint, and no file given can be a key as it stands",
        )
    return None, "no current key: no store names a fingerprint; say --current"


def with_twins(keys: Sequence[Key]) -> tuple[tuple[Key, ...], list[str]]:
    """The same, each with the labels of those that write down the same AES key, and a remark for each pair.

    A raw file, the same with a newline, in hex or base64 are one key; digests do not count.
    """
    holders: dict[Secret, list[int]] = {}
    for place, key in enumerate(keys):
        for aes_key in set(written_keys(key.content).values()):
            holders.setdefault(aes_key, []).append(place)
    twins: dict[int, set[int]] = {}
    for places in holders.values():
        for place in places if len(places) > 1 else ():
            twins.setdefault(place, set()).update(each for each in places if each != place)
    labels = {place: tuple(keys[each].label for each in sorted(others)) for place, others in twins.items()}
    remarks = [
        f"{keys[place].label!r} and {', '.join(map(repr, labels[place]))} hold one key, in different forms"
        for place in sorted(twins)
        if all(place < other for other in twins[place])
    ]
    return tuple(replace(key, twins=labels.get(place, ())) for place, key in enumerate(keys)), remarks
