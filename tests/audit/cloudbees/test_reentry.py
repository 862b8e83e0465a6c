"""The text of the scripts; what they do is tried by running them, in `tests/hostile/scripts`."""

import polars as pl

from audit.cloudbees.reentry import ectool_script
from reports.reentry import reentry_lists
from tests.reports.example_run import example_run

ROWS = reentry_lists(example_run(300).credentials.with_columns(owner=pl.lit("T")))["T"]


def calls(script: str) -> list[str]:
    """What stands behind the functions; a name may break a line."""
    return script.partition("\nstart\n")[2].splitlines()


def test_one_call_a_secret() -> None:
    """In the order of the list, and once for what two stores hold differently."""
    script = ectool_script("T", "t", ROWS)
    assert f" total={ROWS.height} " in script
    assert len([line for line in calls(script) if line.startswith(("enter ", "on_page "))]) == ROWS.height
    assert ectool_script("T", "t", pl.concat([ROWS, ROWS.reverse()])) == script


def test_a_name_of_a_team_is_text() -> None:
    """It stands in quotes, and what a terminal would obey is escaped."""
    script = ectool_script("a'; touch attacked; '\n\x1b[2J", "t", ROWS.head(0))
    assert """team='a'"'"'; touch attacked; '"'"'\\n\\x1b[2J' total=0 log_name=t.log""" in script
    assert calls(script) == []
