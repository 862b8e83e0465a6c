"""KBEC-00441's own command on the sample estate: what it finds, what it cannot see, and what `scan` finds."""

import gzip
import io
import json
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.support.program import PASSWORD, passkey_audit
from tests.support.programs import need

ESTATE = Path(__file__).parents[2] / "sample_logs" / "cloudbees-cd"
ROTATED = sorted(ESTATE.glob("logs/commander*.log.*.zip"))
PHRASES = (
    "Skipping updating password for credential",
    "Skipping updating password for Directory Provider",
    "Skipping updating password for DevOps Insight Server configuration",
    "Skipping updating password for email configuration",
    "Corrupted credentials:",
    "Can not decrypt user",
)
HOTFIX_KINDS = {"skipped-update", "corrupted-credentials", "undecryptable-user"}


def findings() -> list[dict[str, str | int]]:
    told: list[dict[str, str | int]] = json.loads((ESTATE / "truth.json").read_bytes())["findings"]
    return told


def zgrep(*files: Path, options: tuple[str, ...] = ("-h", "-a")) -> list[bytes]:
    """The lines that the article's command prints."""
    command = [need("zgrep"), *options, r"\|".join(PHRASES), *map(str, files)]
    done = subprocess.run(command, check=False, capture_output=True)
    return done.stdout.splitlines()


def line_at(source: str, number: int) -> bytes:
    """That line of a log, 1-based, in the one member of a zip."""
    archive, _, member = source.partition("!/")
    content = zipfile.ZipFile(io.BytesIO((ESTATE / archive).read_bytes())).read(member)
    return content.split(b"\n")[number - 1]


def test_it_finds_the_hotfix_entries_of_the_rotated_zips() -> None:
    """Its lines are the first lines of exactly the hotfix entries that the truth has for those archives."""
    names = {path.relative_to(ESTATE).as_posix() for path in ROTATED}
    told = [
        line_at(str(finding["source"]), int(finding["line"]))
        for finding in findings()
        if finding["kind"] in HOTFIX_KINDS and str(finding["source"]).partition("!/")[0] in names
    ]
    assert len(ROTATED) == 6
    assert len(told) > 90
    assert Counter(zgrep(*ROTATED)) == Counter(told)


def test_without_a_it_says_only_that_bytes_match() -> None:
    """Bytes that are no text make grep stop showing lines: hence `-a` in the article."""
    live = ESTATE / "logs" / "commander-cd-kestrel.log"
    assert len(zgrep(live, options=("-h",))) < len(zgrep(live))


def test_it_sees_nothing_in_the_support_bundle() -> None:
    """Encrypted members and zips inside a zip stay dark, though the truth has hotfix entries there."""
    bundle = ESTATE / "logs" / "support-bundle.zip"
    inside = [
        finding for finding in findings() if str(finding["source"]).startswith("logs/support-bundle.zip!/")
    ]
    assert {finding["kind"] for finding in inside} >= {"skipped-update", "corrupted-credentials"}
    assert zgrep(bundle) == []


def test_it_sees_nothing_in_a_zip_inside_a_zip(tmp_path: Path) -> None:
    """Without encryption too: the outer zip's member is compressed bytes to it."""
    outer = tmp_path / "outer.zip"
    inner = next(path for path in ROTATED if path.name == "commander-cd-kestrel.log.2.zip")
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, inner.name)
    assert zgrep(inner) != []
    assert zgrep(outer) == []


@pytest.mark.parametrize("kind", ["passkey-mismatch", "decrypt-failure", "stale-session", "crypto-exception"])
def test_it_does_not_look_for_the_rest(kind: str) -> None:
    """No phrase of it stands in the first line of any other kind of finding."""
    archives = {path.relative_to(ESTATE).as_posix() for path in ROTATED}
    others = [
        line_at(str(finding["source"]), int(finding["line"]))
        for finding in findings()
        if finding["kind"] == kind and str(finding["source"]).partition("!/")[0] in archives
    ]
    assert others
    assert not set(others) & set(zgrep(*ROTATED))


def test_gzip_works_as_well() -> None:
    """A log that somebody packed again is read, and has no hotfix entry."""
    packed = ESTATE / "logs" / "commander-CDMERLIN.log.2.gz"
    command = [need("zgrep"), "-h", "-a", "-c", "OperationInvoker", str(packed)]
    count = int(subprocess.run(command, check=True, capture_output=True).stdout)
    assert count == gzip.decompress(packed.read_bytes()).count(b"OperationInvoker ")
    assert zgrep(packed) == []


def scan(*logs: Path) -> list[dict[str, str | int]]:
    ended = passkey_audit("scan", *logs, "--zip-password", PASSWORD, "--format", "json", "--quiet")
    assert (ended.code, ended.err) == (10, "")
    told: list[dict[str, str | int]] = json.loads(ended.out)
    return told


def test_scan_finds_what_it_finds() -> None:
    """Its hotfix entries in the rotated zips begin with exactly the lines that the command prints."""
    told = scan(*(path.relative_to(ESTATE) for path in ROTATED))
    lines = [line_at(str(row["source"]), int(row["line"])) for row in told if row["kind"] in HOTFIX_KINDS]
    assert Counter(lines) == Counter(zgrep(*ROTATED))


def test_scan_finds_what_it_cannot_see() -> None:
    """Beyond those: exactly the truth's entries in nested and encrypted members, and of other kinds."""
    told = {(row["source"], row["line"], row["kind"]) for row in scan(Path("logs"))}
    assert told == {(row["source"], row["line"], row["kind"]) for row in findings()}
    inside = {source for source, _, kind in told if "support-bundle" in str(source) and kind in HOTFIX_KINDS}
    assert any(str(source).count("!/") == 2 for source in inside)
    assert "passkey-mismatch" in {kind for _, _, kind in told}
