"""Random estates by the hundred: what the program says of them against the truth.

    python -m tests.estates --count 400 --octopus 80 --seed 1
    python -m tests.estates --only 17 -v
    python -m tests.estates --only 17 --write FOLDER
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # two processes share the machine


def main() -> int:
    """Print the tables; 1 if a law is broken."""
    options = _options()
    if options.only is not None:
        return _one(options.only, octopus=options.octopus_seed, folder=options.write, verbose=options.verbose)
    from tests.estates.many import Job, check_many
    from tests.estates.report import report

    jobs = [Job("cloudbees-cd", options.seed + at, options.settle) for at in range(options.count)]
    jobs += [Job("octopus", options.seed + at) for at in range(options.octopus)]
    checked = []
    for each in check_many(jobs, options.processes):
        checked.append(each)
        if sys.stderr.isatty():
            print(f"\r{len(checked)} of {len(jobs)} {each.name:20}", end="", file=sys.stderr, flush=True)
    print("\n".join(report(checked)))
    if options.verbose:
        for each in checked:
            for violation in each.violations:
                print(f"{each.name}: {violation.law} {violation.location} {violation.detail}")
    return int(any(each.violations for each in checked))


def _one(seed: int, *, octopus: bool, folder: Path | None, verbose: bool) -> int:
    from tests.estates.check import Checked, check, rows
    from tests.estates.check_octopus import check_octopus, octopus_rows
    from tests.estates.draw import draw
    from tests.estates.estate import write
    from tests.estates.octopus import draw_octopus, write_octopus

    checked: Checked
    if octopus:
        drawn = draw_octopus(seed)
        estate, checked, judged = drawn.estate, check_octopus(drawn), octopus_rows(drawn)
        written = write_octopus(drawn, folder) if folder else None
    else:
        estate = draw(seed)
        checked, judged = check(estate, settle=True), rows(estate)
        written = write(estate, folder) if folder else None
    for key in estate.keys:
        files = ", ".join(f"{each.label} ({'given' if each.given else 'missing'})" for each in key.copies)
        print(f"{key.name}: {8 * len(key.secret)} bits, {files}")
    print(f"current: {estate.current or 'nobody knows'}, said by {estate.said or 'nobody'}; {estate.store}")
    if verbose:
        for value, row in judged:
            sealed = value.sealing.name + "/" + value.sealing.encoding if value.sealing else "-"
            truth = f"{value.name} {sealed} {value.key or '-'} {value.population} {value.trouble}"
            said = (
                f"{row.verdict} {row.opened_by or '-'} {row.confidence} {row.text_confidence} {row.layout} "
                f"{row.group} {row.reason}"
                if row
                else "nothing"
            )
            print(f"{truth.strip()} => {said}")
    for each in checked.violations:
        print(f"{each.law} {each.location} {each.detail}")
    print(dict(checked.undecided), f"{checked.seconds:.1f} s", f"{checked.reencrypted} re-encrypted")
    if written:
        print(written)
    return int(bool(checked.violations))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.estates")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--octopus", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1, help="of the first estate")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--settle", action="store_true", help="try one known text where a layout is undecided")
    parser.add_argument("--only", type=int, metavar="SEED", help="this one estate")
    parser.add_argument("--octopus-seed", action="store_true", help="--only is one of Octopus")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="with --only: leave store and keys there")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
