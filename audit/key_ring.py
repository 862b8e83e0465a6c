"""The candidate keys of a run: each once, with the one that the server uses now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from audit.errors import KeyRingError
from audit.fingerprint_dates import comparable, is_history
from parsers.keys.aes_forms import key_bits
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen


@dataclass(frozen=True, slots=True)
class Key:
    """A candidate key.

    Attributes:
        label: what reports call it; distinct in a ring.
        aliases: labels of other files with the same content.
        content: the whole file; the layout says how an AES key comes from it.
        master_key: the Octopus master key that the file holds, if any.
        fingerprint: SHA-1 of the whole file, 40 lower-case hex digits.
        bits: the AES key length that is the likeliest for it, 0 if it can be none as it stands.
        current: whether the server uses it now.
        remarks: what is unusual about its files.
    """

    label: str
    aliases: tuple[str, ...]
    content: Secret
    master_key: Secret | None
    fingerprint: str
    bits: int
    current: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The candidates, in the order given; at most one is current, of each product where stores are of both.

    Attributes:
        keys: each content once, labels distinct.
        remarks: how the current key was chosen or why there is none, and what was merged or renamed.
    """

    keys: tuple[Key, ...]
    remarks: tuple[str, ...]

    @property
    def current(self) -> Key | None:
        """The key that the server uses now, if known; the first, where there are two products."""
        return next((key for key in self.keys if key.current), None)

    def find(self, label: str) -> Key | None:
        """The key with this label or alias."""
        return next((key for key in self.keys if label == key.label or label in key.aliases), None)

    def by_fingerprint(self, fingerprint: str) -> Key | None:
        """The key whose file has this SHA-1."""
        return next((key for key in self.keys if key.fingerprint == fingerprint), None)


def make_key_ring(
    files: Iterable[KeyFile],
    *,
    current_label: str | None,
    seen: Sequence[FingerprintSeen],
    same_master_key: bool = False,
    said_by: str = "you said",
) -> KeyRing:
    """The ring of these files: doubles merged under the first label, the current key marked.

    Current is `current_label`; else the key that the stores name: the one with the newest date in
    `ec_configuration_history`, or where there is no history in the exports; else, if they name none, a key
    that stands alone.

    Args:
        files: the candidates, in the order in which the user gave them.
        current_label: label or alias of the current key, if the user said.
        seen: the fingerprints that the stores name.
        said_by: who said `current_label`, as the remark about it words it.
        same_master_key: whether files that hold the same Octopus master key are doubles, whatever is around
            it. False for CloudBees CD, where every byte of the file counts.

    Raises:
        KeyRingError: no file is labelled `current_label`.
    """
    keys, remarks = _merged(files, same_master_key=same_master_key)
    ring = KeyRing(keys, remarks)
    current, remark = (
        _chosen(ring, current_label, said_by) if current_label is not None else _named(ring, seen)
    )
    marked = tuple(replace(key, current=key is current) for key in keys)
    return KeyRing(marked, (*remarks, remark))


def _merged(files: Iterable[KeyFile], *, same_master_key: bool) -> tuple[tuple[Key, ...], tuple[str, ...]]:
    keys: dict[Secret, Key] = {}
    remarks: list[str] = []
    taken: set[str] = set()
    for file in files:
        identity = file.master_key if same_master_key and file.master_key else file.content
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


def _chosen(ring: KeyRing, label: str, said_by: str) -> tuple[Key, str]:
    key = ring.find(label)
    if key is None:
        labels = ", ".join(each for known in ring.keys for each in (known.label, *known.aliases))
        raise KeyRingError(
            f"no key is labelled {label!r}", hint=f"labels: {labels or 'none, no key was given'}"
        )
    return key, f"current key: {key.label!r}, as {said_by}"


def _named(ring: KeyRing, seen: Sequence[FingerprintSeen]) -> tuple[Key | None, str]:
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
    return key, f"current key: {key.label!r}, whose fingerprint {where} names{used}"


def _newest(seen: Sequence[FingerprintSeen]) -> list[FingerprintSeen]:
    """The sightings with the newest date: of the history if there is one, else of the exports."""
    dated = comparable(seen)
    trusted = [each for each in dated if is_history(each)] or dated
    return [each for each in trusted if each.when == trusted[-1].when]


def _alone(ring: KeyRing) -> tuple[Key | None, str]:
    if len(ring.keys) == 1:
        key = ring.keys[0]
        return key, f"current key: {key.label!r}, the only candidate; no store names a fingerprint"
    return None, "no current key: no store names a fingerprint; say --current"
