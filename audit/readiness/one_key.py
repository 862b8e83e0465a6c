"""The same key stands everywhere: on every node, in ZooKeeper, in the history, in the exports."""

from collections.abc import Iterator
from typing import Final

from audit.fingerprint_dates import comparable, is_export, is_history
from audit.layouts.known import OCTOPUS
from audit.readiness.check import About, Check, listed
from audit.readiness.estate import Estate
from parsers.keys.key_file import KeyFile

ONE_KEY: Final = About("one-key", "The key is the same in every place where it stands")


def one_key(estate: Estate) -> Check:
    """The places that a product keeps its key in.

    CloudBees CD: each node's `conf`, ZooKeeper, the newest row of `ec_configuration_history`, the `passkey`
    attribute of exports, compared by SHA-1 of the whole file (KBEC-00497). Octopus Deploy: each node's
    configuration, compared by the master key in it: `set-master-key` changes that of one node alone.
    """
    places: dict[str, list[str]] = {}
    for key, where in _places(estate):
        places.setdefault(key, []).append(where)
    told = "; ".join(f"{key} in {listed(sorted(set(where)))}" for key, where in sorted(places.items()))
    if len(places) > 1:
        return ONE_KEY.failed(
            told, "find out which key opens the stored values, and put that file in every place"
        )
    unread = [*estate.unread_keys, *(each for folder in estate.conf for each in folder.unread)]
    if unread:
        return ONE_KEY.unknown(
            f"{told or 'nothing was read'}; not read: {listed([each.path for each in unread])}",
            "make these readable and run it again",
        )
    if sum(map(len, places.values())) < 2:
        return ONE_KEY.unknown(
            f"{told or 'the key was seen nowhere'}: nothing to compare it with",
            "name each node's folder with --conf, and other copies (ZooKeeper's) with --copy LABEL=REF",
        )
    return ONE_KEY.passed(told)


def _places(estate: Estate) -> Iterator[tuple[str, str]]:
    """(which key, where it stands)."""
    if estate.systems == {OCTOPUS}:
        for place in estate.key_places:
            yield _name(estate, place.file), place.where
        return
    for place in estate.key_places:
        yield place.file.fingerprint, place.where
    seen = comparable(estate.stores.fingerprints)
    history = [each for each in seen if is_history(each)]
    for each in history[-1:]:
        yield each.fingerprint, each.where
    for each in filter(is_export, seen):
        yield each.fingerprint, each.where


def _name(estate: Estate, file: KeyFile) -> str:
    """The ring's name for the master key that a file holds."""
    held = file.master_key or file.content
    same = (key.label for key in estate.ring.keys if held == (key.master_key or key.content))
    return f"key {next(same, file.label)!r}"
