"""The logs of the estate against `truth.json`, read with other readers than the project's own."""

import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import pyzipper

from sample_logs.generator.cloudbees.credentials import stored_credentials
from sample_logs.generator.cloudbees.estate import cloudbees_files
from sample_logs.generator.cloudbees.hotfix_entries import PHRASES

START = re.compile(rb"\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{3}|[A-Z]+ +\| (wrapper|jvm \d+) +\| \d{4}/")
SIGNS = (
    *(phrase.encode() for phrase in PHRASES),
    b"InvalidPasskey",
    b"Couldn't decrypt password",
    b"BadPaddingException",
    b"IllegalBlockSizeException",
    b"AEADBadTagException",
    b"InvalidKeyException",
)
KINDS = {
    "passkey-mismatch",
    "skipped-update",
    "corrupted-credentials",
    "undecryptable-user",
    "decrypt-failure",
    "stale-session",
    "crypto-exception",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the truth, as far as these tests look at it."""

    kind: str
    subject: str
    project: str
    time: str
    node: str
    source: str
    line: int
    also_at: tuple[str, ...]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return cloudbees_files()


@pytest.fixture(scope="module")
def findings(files: dict[str, bytes]) -> list[Finding]:
    told = json.loads(files["truth.json"])["findings"]
    names = ("kind", "subject", "project", "time", "node", "source", "line")
    return [Finding(**{name: row[name] for name in names}, also_at=tuple(row["also_at"])) for row in told]


@pytest.fixture(scope="module")
def logs(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    """Lines by source, containers opened."""
    password = files["logs/support-bundle.password"].strip()
    leaves: dict[str, list[bytes]] = {}
    for path, content in files.items():
        if path.startswith("logs/") and not path.endswith(".password"):
            leaves |= {source: log.split(b"\n") for source, log in opened(path, content, password)}
    return leaves


def opened(source: str, content: bytes, password: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"\x1f\x8b"):
        yield source, gzip.decompress(content)
    elif content.startswith(b"PK"):
        with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
            archive.setpassword(password)
            for name in archive.namelist():
                yield from opened(f"{source}!/{name}", archive.read(name), password)
    else:
        yield source, content


def entries(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """First line (from 1) and text of every entry."""
    first, entry = 1, lines[:1]
    for number, line in enumerate(lines[1:], 2):
        if START.match(line):
            yield first, b"\n".join(entry)
            first, entry = number, []
        entry.append(line)
    yield first, b"\n".join(entry)


def test_nothing_is_untold(logs: dict[str, list[bytes]], findings: list[Finding]) -> None:
    """A search of every entry for every sign finds exactly the positions of the truth, copies included."""
    found = {
        (source, line)
        for source, lines in logs.items()
        for line, entry in entries(lines)
        if any(sign in entry for sign in SIGNS)
    }
    told = {(source, finding.line) for finding in findings for source in (finding.source, *finding.also_at)}
    assert found == told


def test_every_kind_is_there(findings: list[Finding]) -> None:
    """Each of the seven kinds of log findings occurs more than once."""
    assert {finding.kind for finding in findings} == KINDS
    assert all(sum(finding.kind == kind for finding in findings) > 1 for kind in KINDS)


def test_entries_say_what_the_truth_says(logs: dict[str, list[bytes]], findings: list[Finding]) -> None:
    """Time, node and every name of the subject stand in the entry."""
    for finding in findings:
        entry = dict(entries(logs[finding.source]))[finding.line].decode(errors="replace")
        if "commander-service" in finding.source:
            assert finding.time.replace("-", "/").replace("T", " ") in entry
        else:
            assert entry.startswith(finding.time)
        assert finding.node in entry
        assert finding.project in entry
        assert all(name in entry for name in finding.subject.split(", "))


def test_sessions_are_told_by_their_frames(logs: dict[str, list[bytes]], findings: list[Finding]) -> None:
    """The same exception is a stale session exactly where frames of SessionManagerImpl follow."""
    for finding in findings:
        if finding.kind in {"decrypt-failure", "stale-session"}:
            entry = dict(entries(logs[finding.source]))[finding.line]
            assert (b"SessionManagerImpl." in entry) == (finding.kind == "stale-session")


def test_subjects_are_stored_credentials(findings: list[Finding]) -> None:
    """Whom a hotfix entry names, by name or id, the store has; its project, where told, fits."""
    rows = stored_credentials()
    names = {
        (name, project)
        for row in rows
        for name in (row.place.name, str(row.id))
        for project in (row.place.project, "")
    }
    for finding in findings:
        for subject in finding.subject.split(", "):
            assert not subject or (subject, finding.project) in names


def test_every_skipped_credential_has_evidence(findings: list[Finding]) -> None:
    """The upgrade's log has an entry for each value that the current passkey does not open."""
    skipped = [row for row in stored_credentials() if row.sealed.verdict in {"older-key", "lost"}]
    kinds = {"skipped-update", "undecryptable-user"}
    upgrade = [
        finding for finding in findings if "kestrel.log.2.zip" in finding.source and finding.kind in kinds
    ]
    assert len(upgrade) == len(skipped)


def test_tails_in_every_form(logs: dict[str, list[bytes]]) -> None:
    """Every form of naming that the product has elsewhere follows a phrase somewhere."""
    whole = b"\n".join(b"\n".join(lines) for lines in logs.values())
    for tail in (
        rb"credential '[^'\n]+'\n",
        rb"credential '[^'\n]+' in project '",
        rb'credential "[^"\n]+" in project "',
        rb"credential credential\[name=[^,\n]+,id=[0-9a-f-]{36}\]\n",
        rb"credential credential\[name=[^,\n]+,id=[0-9a-f-]{36}\] in project '",
        rb"credential /projects/[^/\n]+/credentials/",
        rb"credential /plugins/[^/\n]+/project/credentials/",
        rb"credential [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n",
        rb"credential [a-z-]+\n2021",
        rb"credential [a-z-]+\njava\.security\.GeneralSecurityException",
        rb"credential 'ftp \| night run' in project",
        rb"Directory Provider '",
        rb"Directory Provider directoryProvider\[name=",
        rb"DevOps Insight Server configuration\n",
        rb"email configuration '",
        rb"email configuration emailConfig\[name=",
        rb"Can not decrypt user '",
        rb"Can not decrypt user user\[name=",
        rb"Can not decrypt user [a-z.]+\n",
        rb"Corrupted credentials: '[^'\n]+'\n",
        rb"Corrupted credentials: '[^'\n]+', '",
        rb"Corrupted credentials:\n +/projects/[^\n]+\n +/projects/",
    ):
        assert re.search(tail, whole), tail


def test_both_layouts_and_foreign_bytes(logs: dict[str, list[bytes]]) -> None:
    """Eight fields, later nine; messages with the separator in them; bytes that are no text."""
    old = logs["logs/commander.log.1.zip!/commander.log.1"]
    new = logs["logs/commander-CDMERLIN.log"]
    assert {line.count(b" | ") for line in old if START.match(line)} == {7, 11}
    assert all(line.split(b" | ")[1] == b"CDMERLIN" for line in new if START.match(line))
    assert min(line.count(b" | ") for line in new if START.match(line)) == 8
    with pytest.raises(UnicodeDecodeError):
        b"\n".join(new).decode()


def test_members_are_named_like_their_zip(logs: dict[str, list[bytes]]) -> None:
    """A rotated zip holds one member, with the zip's name without `.zip`."""
    rotated = [source.split("!/")[-2:] for source in logs if re.search(r"\.zip!/[^/]+$", source)]
    assert len(rotated) == 9
    for archive, member in rotated:
        assert archive.endswith(f"{member}.zip")


def test_the_copy_is_a_copy(logs: dict[str, list[bytes]], findings: list[Finding]) -> None:
    """What lies in two places is the same log to the byte, and its findings say so."""
    twice = {(finding.source, *finding.also_at) for finding in findings if finding.also_at}
    assert len(twice) == 1
    (pair,) = twice
    assert logs[pair[0]] == logs[pair[1]]


def test_stored_value_in_a_message(logs: dict[str, list[bytes]]) -> None:
    """One message shows a stored value: no report may repeat it."""
    whole = b"\n".join(b"\n".join(lines) for lines in logs.values())
    assert any(row.sealed.value.encode() in whole for row in stored_credentials() if row.sealed.key)
