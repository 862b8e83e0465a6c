"""The ignore file: its rules, and a run in which the credentials that they match need no action."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import IgnoreFileError
from audit.evidence.log_references import mentions
from audit.exit_codes import ExitCode, exit_code
from audit.ownership.globs import first_match
from audit.ownership.rule_table import MAX_PATTERN, RuleTable
from audit.verdict import Action
from reports.run import Run
from reports.summary import IgnoreSummary

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
    same names in it. Which of them it is, the content says: a header of CSV is not TOML.

    Raises:
        IgnoreFileError: the file cannot be read, or a rule is broken (which is named).
    """
    text = _FILE.text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if text.lstrip().startswith(("[", "#")):
            raise IgnoreFileError(f"the ignore file {str(path)!r} is not TOML: {error}") from error
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
            raise _FILE.refused(
                number, f"expires on {expires!r}, which is not a date such as 2025-12-31"
            ) from error
        yield IgnoreRule(pattern, reason, day)


def _broken(error: ValidationError) -> IgnoreFileError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    return IgnoreFileError(
        f"the ignore file is broken at {where}: {first['msg'].lower()}",
        hint="each [[ignore]] has pattern, reason and expires, a date such as 2025-12-31",
    )


def ignore(run: Run, rules: Sequence[IgnoreRule], today: date) -> Run:
    """The run in which nothing has to be done about what the rules ignore.

    What is ignored keeps its verdict; its action becomes `none`, and its reason says by what and until when.
    Of several rules the first that has not expired counts. What needs no action anyway is not ignored. Log
    entries about nothing but what is ignored count as ignored too; all others need attention as before.
    """
    if not rules:
        return run
    live = [rule for rule in rules if not rule.expired(today)]
    which = _which(run.credentials, live)
    credentials = _ignoring(run.credentials, which, live)
    counts = dict(which.value_counts().iter_rows())
    ignores = [(rule, counts.get(number, 0)) for number, rule in enumerate(live)]
    expired = [(rule, 0) for rule in rules if rule.expired(today)]
    entries = _ignored_entries(credentials, which < len(live), run.findings)
    attention = run.findings.height > entries or bool((credentials["action"] != Action.NONE).any())
    summary = run.summary.model_copy(
        update={
            "actions": _actions(credentials["action"]),
            "ignored": [_summary(rule, count, today) for rule, count in (*ignores, *expired)],
            "ignored_findings": entries,
            "exit_code": exit_code(
                complete=run.summary.exit_code != ExitCode.INCOMPLETE, attention=attention
            ).value,
        }
    )
    return replace(run, summary=summary, credentials=credentials)


def _which(credentials: pl.DataFrame, rules: Sequence[IgnoreRule]) -> pl.Series:
    """The number of the rule that ignores each credential; `len(rules)` where none does."""
    matched = first_match([rule.pattern for rule in rules], credentials["location"])
    return credentials.select(
        pl.when(pl.col("action") == Action.NONE).then(len(rules)).otherwise(matched).alias("rule")
    )["rule"]


def _ignored_entries(credentials: pl.DataFrame, ignored: pl.Series, findings: pl.DataFrame) -> int:
    """How many entries name nothing but what is ignored.

    Of the credentials that an entry without a project can mean, one must be ignored and none may need action.
    """
    named = mentions(credentials, findings)
    states = credentials.select(open=pl.col("action") != Action.NONE).with_columns(ignored=ignored)
    meant = named.meant.join(states.with_row_index("row"), on="row")
    settled = meant.group_by("mention").agg(settled=pl.col("ignored").any() & ~pl.col("open").any())
    entries = named.named.join(settled, on="mention", how="left").group_by("entry")
    return entries.agg(pl.col("settled").fill_null(value=False).all()).select("settled").sum().item() or 0


def _ignoring(credentials: pl.DataFrame, which: pl.Series, rules: Sequence[IgnoreRule]) -> pl.DataFrame:
    notes = [f"ignored until {rule.expires}: {rule.reason}" for rule in rules]
    why = pl.Series([*notes, ""], dtype=pl.String).gather(which)
    ignored = which < len(rules)
    return credentials.with_columns(
        action=pl.when(ignored).then(pl.lit(Action.NONE.value)).otherwise("action"),
        reason=pl.when(ignored).then(pl.format("{} ({})", why, "reason")).otherwise("reason"),
    )


def _summary(rule: IgnoreRule, credentials: int, today: date) -> IgnoreSummary:
    return IgnoreSummary(
        pattern=rule.pattern,
        reason=rule.reason,
        expires=rule.expires.isoformat(),
        expired=rule.expired(today),
        credentials=credentials,
    )


def _actions(column: pl.Series) -> dict[str, int]:
    counts = dict(column.value_counts().iter_rows())
    return {action.value: counts[action.value] for action in Action if action.value in counts}
