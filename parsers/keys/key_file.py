"""Key files: a passkey as the server has it, an Octopus master key, a folder of either."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from parsers.errors import KeyFileError, ParsersError, SecretReferenceError
from parsers.keys.key_folder import files_below, refuse_unlikely
from parsers.keys.key_remarks import remarks_on
from parsers.keys.octopus_config import is_octopus_config, machine_secrets, read_octopus_config
from parsers.keys.octopus_master_key import find_master_key
from parsers.keys.reference import FORMS_HINT, Place, Prompt, resolve, split_reference
from parsers.path_text import path_as_text
from parsers.secret import Secret
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A candidate key as it was found.

    Attributes:
        label: what reports call it.
        reference: where it came from, as given; for a file in a folder its path, of a command its first word.
        content: the whole file. How a CloudBees CD server takes its key from it is a matter of the layout.
        master_key: the Octopus master key that the file holds, if it holds one.
        fingerprint: SHA-1 of the whole file, 40 lower-case hex digits, as the server has it (KBEC-00497).
        remarks: what is unusual about the file, one sentence each.
    """

    label: str
    reference: str
    content: Secret
    master_key: Secret | None
    fingerprint: str
    remarks: tuple[str, ...]


def read_key_files(
    argument: str, *, prompt: Prompt | None = None, allow_commands: bool = False
) -> list[KeyFile | Unread]:
    """The candidate keys of one `[LABEL=]REF`; a folder stands for every file below it.

    The label of a file is its name; of a file in a folder its path below the folder, after `LABEL/` if one
    was given: all are distinct. The order is that of the paths. A file that is no key (empty, larger than
    64 KB, unreadable; in a folder also hidden, or not a regular file) becomes an `Unread`.

    Raises:
        SecretReferenceError: the argument names nothing that could be read; it may be the key itself.
    """
    label, reference = split_label(argument)
    place, rest = split_reference(reference)
    if place is Place.FILE and _exists(rest) and Path(rest).is_dir():
        return [_read_member(path, name, label) for path, name in files_below(Path(rest))]
    path = Path(rest) if place is Place.FILE else None
    given = f"cmd:{rest.split(maxsplit=1)[0]} …" if place is Place.COMMAND and rest.strip() else reference
    try:
        content = resolve(reference, prompt=prompt, allow_commands=allow_commands)
        return [make_key_file(label or _default_label(place, rest), given, content, path=path)]
    except KeyFileError as error:
        return [_unread(given, error)]
    except SecretReferenceError as error:
        if path is None or not _exists(rest):
            raise
        return [_unread(given, error)]


def split_label(argument: str) -> tuple[str, str]:
    """`LABEL=REF` in its parts; without a label it is "". An existing path may hold `=` itself.

    Raises:
        SecretReferenceError: a part is missing.
    """
    label, equals, reference = argument.partition("=")
    if not equals or any(mark in label for mark in ":/\\") or _exists(argument):
        return "", argument
    if not label or not reference.strip("="):
        # The padding of base64 is `=` too: this may be a key that was typed instead of a reference.
        raise SecretReferenceError("expected [LABEL=]REFERENCE, got something else", hint=FORMS_HINT)
    return label, reference


def make_key_file(label: str, reference: str, content: Secret, *, path: Path | None) -> KeyFile:
    """A key file from its content; `path`, where it is a file, is looked at for its rights and links.

    Raises:
        KeyFileError: it is empty, or a configuration file whose key cannot be had.
    """
    if not len(content):
        raise KeyFileError("empty: no key file")
    master_key = _master_key(content, path)
    return KeyFile(
        label=path_as_text(label),
        reference=path_as_text(reference),
        content=content,
        master_key=master_key,
        # The product's own fingerprint, not a security measure of ours.
        fingerprint=hashlib.sha1(content.reveal(), usedforsecurity=False).hexdigest(),
        remarks=tuple(remarks_on(content, master_key, path)),
    )


def _master_key(content: Secret, path: Path | None) -> Secret | None:
    if is_octopus_config(content):
        return read_octopus_config(content, machine_secrets(path))
    return find_master_key(content)


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


def _exists(path: str) -> bool:
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):  # a name that is too long, or has a NUL in it
        return False


def _read_member(path: Path, name: str, label: str) -> KeyFile | Unread:
    try:
        refuse_unlikely(path)
        content = resolve(f"file:{path}")
        return make_key_file(f"{label}/{name}" if label else name, str(path), content, path=path)
    except (KeyFileError, SecretReferenceError) as error:
        return _unread(str(path), error)


def _unread(path: str, error: ParsersError) -> Unread:
    reason = f"{error.message}; {error.hint}" if error.hint else error.message
    return Unread(path=path_as_text(path), member="", reason=reason)
