"""`[LABEL=]REF` into candidate keys: a file, a folder, an archive, or a place that is none of these."""

from pathlib import Path

from parsers.errors import KeyFileError, SecretReferenceError
from parsers.keys.key_archive import is_archive
from parsers.keys.key_file import KeyFile, make_key_files, path_exists, split_label
from parsers.keys.key_search import UntriedFiles, keys_in_archive, keys_in_folder, unread
from parsers.keys.reference import Place, Prompt, resolve, split_reference
from parsers.unread import Unread


def read_key_files(
    argument: str, *, prompt: Prompt | None = None, allow_commands: bool = False
) -> list[KeyFile | Unread]:
    """The candidate keys of one `[LABEL=]REF`, without the count of what was left out; see `find_key_files`.

    Raises:
        SecretReferenceError: the argument names nothing that could be read; it may be the key itself.
    """
    found = find_key_files(argument, prompt=prompt, allow_commands=allow_commands)
    return [each for each in found if not isinstance(each, UntriedFiles)]


def find_key_files(
    argument: str, *, prompt: Prompt | None = None, allow_commands: bool = False
) -> list[KeyFile | Unread | UntriedFiles]:
    """The candidate keys of one `[LABEL=]REF`; a folder stands for every file below it, archives entered.

    The label of a file is its name; of a file in a folder its path below the folder, after `LABEL/` if one
    was given; of a member of an archive that of the archive, `!/` and the way inside: all are distinct. The
    order is that of the paths. A file that is not a key (empty, larger than 64 KB, unreadable; in a folder
    also hidden, or not a regular file) becomes an `Unread`. Of archives, and of folders with more than
    100 files, what cannot be a key is marked as unlikely, and counted with what is too large in
    `UntriedFiles`.

    Raises:
        SecretReferenceError: the argument names nothing that could be read; it may be the key itself.
    """
    label, reference = split_label(argument)
    place, rest = split_reference(reference)
    path = Path(rest) if place is Place.FILE else None
    if path is not None and path_exists(rest):
        if path.is_dir():
            return list(keys_in_folder(path, label))
        if is_archive(path):
            return list(keys_in_archive(path, label))
    given = f"cmd:{rest.split(maxsplit=1)[0]} …" if place is Place.COMMAND and rest.strip() else reference
    try:
        content = resolve(reference, prompt=prompt, allow_commands=allow_commands)
        return [*make_key_files(label or _default_label(place, rest), given, content, path=path)]
    except KeyFileError as error:
        return [unread(given, "", error)]
    except SecretReferenceError as error:
        if path is None or not path_exists(rest):
            raise
        return [unread(given, "", error)]


def _default_label(place: Place, rest: str) -> str:
    match place:
        case Place.FILE:
            return Path(rest).name
        case Place.ENVIRONMENT:
            return rest
        case Place.DESCRIPTOR:
            return f"fd {rest}"
        case Place.PROMPT | Place.COMMAND:
            return place.value
