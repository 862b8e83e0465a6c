"""What `reencrypt` prints: the plan, its counts, and words beside them."""

from collections.abc import Iterable

from audit.cli.printing import print_beside, print_table
from audit.cli.reencrypt_options import ReencryptOptions
from audit.reencryption.plan import Plan
from audit.reencryption.report import by_reason, in_words


def print_plan(plan: Plan, options: ReencryptOptions) -> None:
    """Every value where the output is data; else the counts, and what people have to look at."""
    if options.table_format != "table" or options.output:
        print_table(plan.table, options.table_format, options.output)
    elif (table := by_reason(plan)).height:
        print_table(table, options.table_format, None)
    say(in_words(plan), options)


def say(lines: Iterable[str], options: ReencryptOptions) -> None:
    """Lines for people, beside the table."""
    if not options.quiet:
        print_beside(lines, options.table_format, options.output)
