"""Random damage to logs and to what they are packed in: always an answer, and always the same one."""

import gzip
import io
import random
import time
import zipfile
from pathlib import Path

import pytest

from parsers.archives.limits import Limits
from parsers.logs.finding import Finding
from parsers.logs.reading import LogReading, read_logs
from tests.bench.log_generator import write_log
from tests.hostile.damage import SECONDS, damaged, kept

SAMPLES = Path(__file__).parents[3] / "sample_logs"
LIMITS = Limits(member_bytes=1 << 22, total_bytes=1 << 23, ratio_floor=1 << 20)


def logs(folder: Path) -> list[bytes]:
    """Logs of both products, dense with findings, one of them in UTF-16."""
    made = []
    for seed in range(4):
        write_log(folder / "made.log", 6_000, hits_every=3, seed=seed)
        made.append((folder / "made.log").read_bytes())
    service = (SAMPLES / "cloudbees-cd/logs/commander-service.log").read_bytes()
    octopus = [path.read_bytes() for path in sorted(SAMPLES.glob("octopus/logs/*/*.txt"))]
    return [*made, made[0].decode().encode("utf-16"), made[1].replace(b"\n", b"\r\n"), service, *octopus]


def zipped(log: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("commander.log", log)
        archive.writestr("again.log", log[: len(log) // 2])
    return file.getvalue()


def read(*paths: Path, jobs: int = 1) -> LogReading:
    return read_logs([str(path) for path in paths], jobs=jobs, limits=LIMITS)


def answers(reading: LogReading) -> tuple[list[Finding], list[int | None]]:
    """What has nothing to do with the file that the log lies in."""
    return [found._replace(source="") for found in reading.findings], [row.lines for row in reading.inputs]


@pytest.mark.fuzz
def test_random_damage(tmp_path: Path) -> None:
    """A damaged log says the same plain and packed; a damaged archive the same to one thread as to two."""
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    corpus = logs(tmp_path)
    plain, packed, broken = (tmp_path / name for name in ("x.log", "x.log.gz", "x.zip"))
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end:
        log = damaged(chance.choice(corpus), chance)
        plain.write_bytes(log)
        packed.write_bytes(gzip.compress(log))
        archive = damaged(zipped(log), chance)
        broken.write_bytes(archive)
        try:
            (found, lines), (again, same_lines) = answers(read(plain)), answers(read(packed))
            assert found == again
            assert lines == same_lines
            one, two = read(broken), read(broken, jobs=2)
            assert one.findings == two.findings
            assert (one.inputs, one.unread) == (two.inputs, two.unread)
        except Exception as error:
            names = [kept(data, f"log-fuzz-{seed}-{rounds}-{n}") for n, data in enumerate((log, archive))]
            raise AssertionError(names) from error
        rounds += 1
    assert rounds > 2 * SECONDS
