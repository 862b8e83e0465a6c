"""Log search beside what people use today: whole processes, medians, ratios.

`python -m tests.bench.log_search`. PASSKEY_AUDIT_BENCH_GB sets the size of the log (4),
PASSKEY_AUDIT_BENCH_RUNS how often each command runs (5), and PASSKEY_AUDIT_BENCH_DIR a folder that keeps the
logs from one bench to the next.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.log_generator import write_log

_ARCHIVES: Final = 20
_PASSWORD: Final = "bench"
_PHRASES: Final = (
    "Skipping updating password for",
    "Corrupted credentials:",
    "Can not decrypt user",
    "Couldn't decrypt password",
)
_DRAIN: Final = """
import sys
from parsers.archives.walk import map_streams
def drain(leaf, size=512 * 1024):
    buffer = memoryview(bytearray(size))
    while leaf.stream.readinto(buffer):
        pass
print(len(list(map_streams(sys.argv[2:], drain, jobs=int(sys.argv[1])))))
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command of the shell, run in the folder of the logs; `needs` is the program that it calls."""

    name: str
    command: str
    needs: str = "sh"


def _ours(arguments: str) -> str:
    """The program's own command; 10 says that there are findings, as there are."""
    return f"{sys.executable} -m audit scan --quiet --format csv {arguments} || [ $? = 10 ]"


_SEARCH: Final = (
    Contender("decompression alone, our reader, 1 thread", f'{sys.executable} -c "$DRAIN" 1 plain/*.zip'),
    Contender("decompression alone, our reader, 2 threads", f'{sys.executable} -c "$DRAIN" 2 plain/*.zip'),
    Contender("igzip -d, 1 process", "igzip -dc plain/*.gz > /dev/null", "igzip"),
    Contender("igzip -d, 2 processes", "ls plain/*.gz | xargs -P 2 -n 1 igzip -dc > /dev/null", "igzip"),
    Contender("passkey-audit, zip, 1 thread", _ours("--jobs 1 plain/*.zip")),
    Contender("passkey-audit, zip, 2 threads", _ours("--jobs 2 plain/*.zip")),
    Contender("passkey-audit, gz, 2 threads", _ours("--jobs 2 plain/*.gz")),
    Contender("passkey-audit, one zip of 20 members, 2 threads", _ours("--jobs 2 all.zip")),
    Contender("ugrep -z, zip", "ugrep -z -h -a -F -f phrases plain/*.zip", "ugrep"),
    Contender("rg -z, gz, 2 threads", "rg -z -j 2 -I -N -a -F -f phrases plain/*.gz", "rg"),
    Contender(
        "7z e -so to grep -F",
        "for z in plain/*.zip; do 7z e -so $z; done | LC_ALL=C grep -a -F -f phrases",
        "7z",
    ),
    Contender("zgrep as in KBEC-00441, zip", 'zgrep -h -a "$REGEX" plain/*.zip', "zgrep"),
    Contender(
        "unzip -p to LC_ALL=C grep -F",
        "for z in plain/*.zip; do unzip -p $z; done | LC_ALL=C grep -a -F -f phrases",
        "unzip",
    ),
)
_ENCRYPTED: Final = (
    Contender("passkey-audit, AES zip, 2 threads", _ours("--jobs 2 --zip-password file:password aes/*.zip")),
    Contender(
        "7z e -so to grep -F, AES zip",
        f"for z in aes/*.zip; do 7z e -so -p{_PASSWORD} $z; done | LC_ALL=C grep -a -F -f phrases",
        "7z",
    ),
)
_DENSITY: Final = (
    Contender("passkey-audit, no hit, 1 thread", _ours("--jobs 1 none/*.zip").replace("[ $? = 10 ]", "true")),
    Contender("passkey-audit, hits in 1 of 100, 1 thread", _ours("--jobs 1 many/*.zip")),
)
_MEMORY: Final = (
    Contender("passkey-audit, 5 of the zips", _ours("--jobs 2 plain/[0-4].log.zip")),
    Contender("passkey-audit, all", _ours("--jobs 2 plain/*.zip")),
    Contender("passkey-audit, all, five times", _ours("--jobs 2 times/*.zip")),
    Contender(
        "passkey-audit, a line of 400 MB", _ours("--jobs 2 line.gz").replace("[ $? = 10 ]", "[ $? = 3 ]")
    ),
)
"""What the search holds in memory must not grow with the logs."""


def main() -> None:
    """Make the logs, run every command in turn, print the tables."""
    size = int(float(os.environ.get("PASSKEY_AUDIT_BENCH_GB", "4")) * 1e9)
    kept = os.environ.get("PASSKEY_AUDIT_BENCH_DIR")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        # In a process of its own: the peak of the one that starts a command counts as the command's.
        with ProcessPoolExecutor(1) as maker:
            maker.submit(_prepare, folder, size).result()
        _say(f"{size / 1e9:.1f} GB of log in {_ARCHIVES} archives, one hit in 10,000 entries\n")
        _table(_SEARCH, folder, beside="passkey-audit, zip, 2 threads")
        _table(_ENCRYPTED, folder, beside="passkey-audit, AES zip, 2 threads")
        _table(_DENSITY, folder, beside="passkey-audit, no hit, 1 thread")
        _table(_MEMORY, folder, beside="passkey-audit, all")


def _prepare(folder: Path, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "phrases").write_text("\n".join(_PHRASES) + "\n")
    (folder / "password").write_text(_PASSWORD)
    for name, hits_every in (("plain", 10_000), ("none", 0), ("many", 100)):
        if (folder / name).exists():
            continue
        (folder / name).mkdir()
        for number in range(_ARCHIVES):
            write_log(folder / name / f"{number}.log", size // _ARCHIVES, hits_every=hits_every, seed=number)
        _run("ls *.log | xargs -P 2 -I @ zip -q @.zip @", folder / name)
    if not (folder / "aes").exists():
        _run(
            "zip -q ../all.zip *.log & ls *.log | xargs -P 2 -n 1 gzip -k; wait; mkdir ../aes",
            folder / "plain",
        )
        encrypt = f"for l in *.log; do 7z a -tzip -mem=AES256 -p{_PASSWORD} -bso0 ../aes/$l.zip $l; done"
        _run(f"{encrypt}; rm -f ../*/*.log", folder / "plain")
    if not (folder / "times").exists():
        _run(
            "mkdir times; for n in 1 2 3 4 5; do for z in plain/*.zip; do ln $z times/$n${z##*/}; done; done",
            folder,
        )
        _run("head -c 400000000 /dev/zero | tr '\\0' x | gzip -1 > line.gz", folder)


def _table(contenders: tuple[Contender, ...], folder: Path, *, beside: str) -> None:
    runs = int(os.environ.get("PASSKEY_AUDIT_BENCH_RUNS", "5"))
    present = [contender for contender in contenders if shutil.which(contender.needs)]
    taken: dict[str, list[Taken]] = {contender.name: [] for contender in present}
    for _ in range(runs):  # in turn: what the machine does meanwhile hits all alike
        for contender in present:
            taken[contender.name].append(_run(contender.command, folder))
    median = {name: Taken(*map(statistics.median, zip(*times, strict=True))) for name, times in taken.items()}
    width = max(map(len, median))
    _say(f"{'':{width}}  seconds   CPU  peak MB  times {beside!r}")
    for name, took in median.items():
        ratio = took.seconds / median[beside].seconds
        _say(f"{name:{width}}  {took.seconds:7.2f} {took.cpu:5.2f}  {took.peak / 1e6:7.0f}  {ratio:5.2f}")
    _say("")


class Taken(NamedTuple):
    """What a command took, its children included; `peak` is the largest process, in bytes."""

    seconds: float
    cpu: float
    peak: float


def _run(command: str, folder: Path) -> Taken:
    """Run it; the output goes to a file, since grep stops at its first match when it is /dev/null."""
    environment = os.environ | {
        "PYTHONPATH": str(Path.cwd()),
        "DRAIN": _DRAIN,
        "REGEX": "\\|".join(_PHRASES),
    }
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, shell=True, cwd=folder, stdout=output, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Taken(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
