"""The name of a store that stays the same, however it was named and from which folder."""

from pathlib import Path


def lasting_name(label: str) -> str:
    """The whole path of a store that is a file or folder, links followed; else the label, as of a database.

    A journal keeps stores by it: a run that another one completes, or `undo`, may spell the path otherwise.
    """
    path = Path(label)
    return str(path.resolve()) if path.exists() else label
