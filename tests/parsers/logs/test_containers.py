"""Findings do not depend on what the logs are packed in, nor on the number of threads."""

import re
import subprocess
from pathlib import Path

import pytest

from parsers.logs.finding import Finding
from parsers.logs.reading import read_logs
from tests.bench.log_generator import write_log
from tests.support.programs import need


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same four logs in a folder each: plain, gzip, zip, one zip, zips in a zip."""
    folder = tmp_path_factory.mktemp("packed")
    for name in ("plain", "gzip", "zip", "one", "nested"):
        (folder / name).mkdir()
    for number in range(4):
        log = folder / "plain" / f"{number}.log"
        write_log(log, 700_000, hits_every=50, seed=number)
        gzip = subprocess.run([need("gzip"), "-c", log], capture_output=True, check=True).stdout
        (folder / "gzip" / f"{number}.log.gz").write_bytes(gzip)
        subprocess.run([need("zip"), "-q", "-j", folder / "zip" / f"{number}.zip", log], check=True)
    logs = sorted((folder / "plain").iterdir())
    subprocess.run([need("zip"), "-q", "-j", folder / "one" / "all.zip", *logs], check=True)
    zips = sorted((folder / "zip").iterdir())
    subprocess.run([need("zip"), "-q", "-j", folder / "nested" / "all.zip", *zips], check=True)
    return folder


def entries(folder: Path, jobs: int) -> list[Finding]:
    """Rows by the log's own name, whatever it lies in."""
    reading = read_logs([str(folder)], jobs=jobs)
    assert not reading.unread
    return sorted(
        found._replace(source="".join(re.findall(r"(\d)\.log(?:\.gz)?$", found.source)))
        for found in reading.findings
    )


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("container", ["plain", "gzip", "zip", "one", "nested"])
def test_same_findings_in_every_container(packed: Path, container: str, jobs: int) -> None:
    """What gzip and zip packed gives the rows that the plain logs give, on one thread as on two."""
    found = entries(packed / container, jobs)
    assert len(found) > 100
    assert found == entries(packed / "plain", 1)
