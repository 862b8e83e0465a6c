"""The ignore file: what somebody has decided to live with, why, and until when."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import IgnoreFileError
from audit.ownership.rule_table import MAX_PATTERN, RuleTable

COLUMNS: Final = ("pattern", "reason", "expires")

_FILE: Final = RuleTable("ignore file", IgnoreFileError)


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """What `pattern`, a glob on locations, matches is ignored up to and including the day `expires`."""

    pattern: str
    reason: str
    expires: date

    def expired(self, today: date) -> bool:
        """Whether it ignores nothing any more."""
        return today > self.expires


class _TomlRule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    pattern: str = Field(min_length=1, max_length=MAX_PATTERN)
    reason: str = Field(min_length=1)
    expires: date


class _TomlFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ignore: tuple[_TomlRule, ...]


def read_ignore_file(path: Path) -> tuple[IgnoreRule, ...]:
    """The rules of `path` in their order; each has a reason and an expiry date (YYYY-MM-DD).

    CSV with the columns `pattern, reason, expires`, or TOML with a table `[[ignore]]` for each rule and the
    same names in it. Which of them it is, the content says: a header of CSV is no TOML.

    Raises:
        IgnoreFileError: the file cannot be read, or a rule is broken (which is named).
    """
    text = _FILE.text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if text.lstrip().startswith(("[", "#")):
            raise IgnoreFileError(f"the ignore file {str(path)!r} is no TOML: {error}") from error
        return tuple(_csv_rules(text))
    try:
        rules = _TomlFile.model_validate(table).ignore
    except ValidationError as error:
        raise _broken(error) from error
    return tuple(IgnoreRule(rule.pattern, rule.reason, rule.expires) for rule in rules)


def _csv_rules(text: str) -> Iterator[IgnoreRule]:
    for number, (pattern, reason, expires) in _FILE.rows(text, COLUMNS):
        if not reason:
            raise _FILE.refused(number, "has no reason")
        try:
            day = date.fromisoformat(expires)
        except ValueError as error:
            raise _FILE.refused(number, f"expires on {expires!r}, which is no date as 2025-12-31") from error
        yield IgnoreRule(pattern, reason, day)


def _broken(error: ValidationError) -> IgnoreFileError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    return IgnoreFileError(
        f"the ignore file is broken at {where}: {first['msg'].lower()}",
        hint="each [[ignore]] has pattern, reason and expires, a date such as 2025-12-31",
    )
