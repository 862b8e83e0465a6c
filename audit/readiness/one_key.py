"""The same key stands everywhere: on every node, in ZooKeeper, in the history, in the exports."""

from typing import Final

from audit.readiness.check import About, Check, listed
from audit.readiness.estate import Estate

ONE_KEY: Final = About("one-key", "The key is the same in every place where it stands")


def one_key(estate: Estate) -> Check:
    """The places that the product keeps its key in (`ReadinessRules.key_places`)."""
    places: dict[str, list[str]] = {}
    for key, where in estate.product.readiness.key_places(estate):
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
        keeper, _ = estate.product.keys.copies
        whose = f" ({keeper})" if keeper else ""
        return ONE_KEY.unknown(
            f"{told or 'the key was seen nowhere'}: nothing to compare it with",
            f"name each node's folder with --conf, and other copies{whose} with --copy LABEL=REF",
        )
    return ONE_KEY.passed(told)
