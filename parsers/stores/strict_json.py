"""JSON as in RFC 8259, without duplicate names: parsers differ on which of two counts."""

import json
from typing import NoReturn

from parsers.errors import StoreError


def json_object(text: str) -> dict[str, object]:
    """The object that `text` is.

    Raises:
        StoreError: it is not one; the message says where and why, without any of the text.
    """
    try:
        members = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise StoreError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise StoreError("nested too deeply") from error
    except ValueError as error:
        # CPython converts no integer of more than 4,300 digits.
        raise StoreError("a number that is too long") from error
    if not isinstance(members, dict):
        raise StoreError("not a JSON object")
    return members


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise StoreError("a member name occurs twice in one object")
    return members


def _refuse_constant(constant: str) -> NoReturn:
    raise StoreError(f"{constant} is not JSON")
