"""Where `reencrypt --apply` writes beside the stores: looked at before anything is changed."""

import tempfile
from collections.abc import Collection
from pathlib import Path

from audit.errors import ReencryptionError


def refuse_places(written: Collection[Path], needed: Collection[str | Path]) -> None:
    """See that every file can be written, for afterwards it would be too late to say what was done.

    Args:
        written: files that are written once the stores are changed.
        needed: what must stay as it is: stores, keys, the journal; what is no path leads nowhere.

    Raises:
        ReencryptionError: one of `written` is among `needed`, or cannot be written.
    """
    kept = {Path(each).resolve() for each in needed}
    for path in written:
        if path.resolve() in kept:
            raise ReencryptionError(
                f"{str(path)!r} is needed as it is: nothing was changed", hint="name another file to write to"
            )
        if path.is_dir():
            raise ReencryptionError(f"{str(path)!r} is a folder: nothing was changed", hint="name a file")
        if not path.exists() or path.is_file():
            _try(path)


def _try(path: Path) -> None:
    """A file comes about beside the one that it replaces, so that the folder decides."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReencryptionError(
            f"cannot write {str(path)!r}: {reason}",
            hint="nothing was changed: choose a place that you may write to",
        ) from error
