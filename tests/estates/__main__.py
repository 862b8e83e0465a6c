"""Random estates by the hundred: what the program says of them against the truth.

    python -m tests.estates --count 400 --octopus 80 --seed 1 --settle
    python -m tests.estates --only 17 -v
    python -m tests.estates --only 17 --octopus-seed --write FOLDER

The exit code is 1 if a law is broken.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # two processes share the machine


def main() -> int:
    """Print the tables, or what is said of one estate."""
    options = _options()
    if options.only is not None:
        from tests.estates.single import single

        lines, broken = single(options.only, octopus=options.octopus_seed, folder=options.write)
        _print(lines if options.verbose else [line for line in lines if " => " not in line])
        return int(broken)
    from tests.estates.many import Job, check_many
    from tests.estates.report import report

    jobs = [Job("cloudbees-cd", options.seed + at, options.settle) for at in range(options.count)]
    jobs += [Job("octopus", options.seed + at) for at in range(options.octopus)]
    checked = []
    for each in check_many(jobs, options.processes, options.seconds):
        checked.append(each)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(checked)} of {len(jobs)} {each.name:20}")
    checked.sort(key=lambda each: (len(each.name), each.name))
    _print(["", *report(checked)])
    if options.verbose:
        _print(f"{each.name}: {one.line}" for each in checked for one in each.violations)
    return int(any(each.violations for each in checked))


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in _not_empty_at_first(lines))


def _not_empty_at_first(lines: Iterable[str]) -> Iterator[str]:
    """Without an empty first line where no progress was shown."""
    yield from (line for at, line in enumerate(lines) if at or line or sys.stderr.isatty())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.estates")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--octopus", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1, help="of the first estate")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop then, and report")
    parser.add_argument("--settle", action="store_true", help="try a known text where a layout is undecided")
    parser.add_argument("--only", type=int, metavar="SEED", help="this one estate")
    parser.add_argument("--octopus-seed", action="store_true", help="--only is one of Octopus")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="with --only: leave the store there")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
