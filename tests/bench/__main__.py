"""Every bench, or those that are named: `python -m tests.bench log_search trial_decryption`."""

import subprocess
import sys
from typing import Final

BENCHES: Final = ("archives", "log_search", "trial_decryption", "stores", "reencryption")


def main(names: list[str]) -> int:
    """Each in a process of its own, so that none pays for another's memory; the first failure's exit code."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.stderr.write(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        return 2
    for name in names or BENCHES:
        sys.stdout.write(f"\n{name}\n\n")
        sys.stdout.flush()
        ended = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False)
        if ended.returncode:
            return ended.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
