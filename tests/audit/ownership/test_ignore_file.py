"""The ignore file, in both its forms."""

from datetime import date
from pathlib import Path

import pytest

from audit.errors import IgnoreFileError
from audit.ownership.ignore_file import IgnoreRule, read_ignore_file

RULES = (
    IgnoreRule("/projects/Sandbox/*", "rebuilt in May, says ops", date(2025, 12, 31)),
    IgnoreRule("*/credentials/tmp-?", 'a "test" here', date(2024, 2, 29)),
)


def write(folder: Path, text: str) -> Path:
    path = folder / "ignore"
    path.write_text(text, encoding="utf-8", newline="")
    return path


CSV = """\
pattern,reason,expires
/projects/Sandbox/*,"rebuilt in May, says ops",2025-12-31
*/credentials/tmp-?,"a ""test"" here",2024-02-29
"""
SPREADSHEET = """\
\ufeffexpires;who;PATTERN;reason
2025-12-31;me;/projects/Sandbox/*;rebuilt in May, says ops
;;;
2024-02-29;;*/credentials/tmp-?;"a ""test"" here"
""".replace("\n", "\r\n")
TOML = """\
# agreed on Monday
[[ignore]]
pattern = '/projects/Sandbox/*'
reason = 'rebuilt in May, says ops'
expires = 2025-12-31

[[ignore]]
pattern = '*/credentials/tmp-?'
reason = 'a "test" here'
expires = '2024-02-29'
"""


@pytest.mark.parametrize("text", [CSV, SPREADSHEET, TOML], ids=["csv", "spreadsheet", "toml"])
def test_both_forms_say_the_same(tmp_path: Path, text: str) -> None:
    """CSV as a spreadsheet writes it and TOML give the same rules, in their order."""
    assert read_ignore_file(write(tmp_path, text)) == RULES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ignore: field required"),
        ("pattern,reason\n*,x\n", "no column 'expires'"),
        ("pattern,reason,expires\n*,x,2025-13-01\n", "row 2 .* '2025-13-01'"),
        ("pattern,reason,expires\n*,x,\n", "row 2 .* not a date"),
        ("pattern,reason,expires\n\n*,,2025-01-01\n", "row 3 .* no reason"),
        ("pattern,reason,expires\n,x,2025-01-01\n", "row 2 .* no pattern"),
        ('pattern,reason,expires\n"*,x,2025-01-01\n', "not CSV"),
        ("[[ignore]\npattern = 1\n", "not TOML"),
        ("[[ignore]]\npattern = '*'\nreason = 'x'\n", r"ignore\.1\.expires: field required"),
        ("[[ignore]]\npattern = ' '\nreason = 'x'\nexpires = 2025-01-01\n", r"ignore\.1\.pattern"),
        ("[[ignore]]\npattern = '*'\nreason = 'x'\nexpires = 2025-01-01\nuntil = 1\n", r"ignore\.1\.until"),
        ("[[ignored]]\npattern = '*'\n", "ignore: field required"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A rule without a reason or a date does not count quietly: it is an error that says where."""
    with pytest.raises(IgnoreFileError, match=message):
        read_ignore_file(write(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is an error."""
    with pytest.raises(IgnoreFileError, match="cannot read the ignore file"):
        read_ignore_file(tmp_path / "none")


def test_the_last_day_counts() -> None:
    """On the day of expiry a rule still holds, on the next it does not."""
    assert not RULES[1].expired(date(2024, 2, 29))
    assert RULES[1].expired(date(2024, 3, 1))
