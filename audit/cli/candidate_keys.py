"""`--key`: the candidates that references lead to."""

from collections.abc import Iterable

from audit.cli.printing import remark
from audit.cli.references import prompt_without_echo
from audit.password_keys import keys_from_password, split_use
from parsers.keys.key_file import KeyFile, split_label
from parsers.keys.key_search import LeftOut
from parsers.keys.read_key_files import find_key_files
from parsers.keys.reference import text_secret
from parsers.unread import Unread


def read_keys(references: Iterable[str], *, quiet: bool = False) -> list[KeyFile | Unread]:
    """The candidate keys, and what was none; `migrator:REF` and `drop:REF` are passwords that keys come from.

    What a search of an archive or a large folder left out is said in one remark for each, unless `quiet`.

    Raises:
        SecretReferenceError: a reference names nothing that could be read.
    """
    found: list[KeyFile | Unread] = []
    for reference in references:
        for each in _keys_of(reference):
            if isinstance(each, LeftOut):
                remark(each.remark, quiet=quiet)
            else:
                found.append(each)
    return found


def _keys_of(reference: str) -> list[KeyFile | Unread | LeftOut]:
    label, place = split_label(reference)
    if (of_password := split_use(place)) is None:
        return find_key_files(reference, prompt=prompt_without_echo, allow_commands=True)
    use, password = of_password
    secret = text_secret(password, prompt=prompt_without_echo, allow_commands=True)
    return [*keys_from_password(use, label, secret)]
