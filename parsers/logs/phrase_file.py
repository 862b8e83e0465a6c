"""A TOML file with more phrases: a file of its own, since it brings pydantic, which few runs need."""

import re
import tomllib
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parsers.errors import LogError
from parsers.logs.phrase import Phrase, SubjectForm
from parsers.products import DEFAULT_PRODUCT


class _PhraseTable(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    phrase: str = Field(min_length=4, pattern=r"^[^\r\n]+$")
    kind: str = Field(pattern=r"^[a-z][a-z-]*$")
    subject: str = ""
    subject_kind: str = ""
    system: str = DEFAULT_PRODUCT.id


class _PhraseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    phrases: list[_PhraseTable]


def own_phrases(path: str) -> tuple[Phrase, ...]:
    """The phrases of a TOML file.

    Raises:
        LogError: the file cannot be read, or is not such a file.
    """
    try:
        with Path(path).open("rb") as file:
            tables = _PhraseFile.model_validate(tomllib.load(file)).phrases
        return tuple(_phrase(table) for table in tables)
    except OSError as error:
        raise LogError(f"cannot read the file of phrases {path!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, re.error, ValueError) as error:
        raise LogError(f"{path!r} is not a phrases file: {_first_line(error)}", hint=_HINT) from error


_HINT: Final = "[[phrases]] with phrase = '…', kind = '…', and perhaps subject = 'name (?P<subject>\\S+)'"


def _phrase(table: _PhraseTable) -> Phrase:
    form = re.compile(table.subject) if table.subject else SubjectForm.NONE
    if isinstance(form, re.Pattern) and "subject" not in form.groupindex:
        raise ValueError("a subject pattern needs a group named subject")
    return Phrase(table.phrase, table.system, table.kind, table.subject_kind, form)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]
