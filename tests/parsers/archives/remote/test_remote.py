"""Archives in a real S3 store and behind a real OpenSSH server."""

import gzip
import os
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from parsers.archives.interface import EntryStream
from parsers.archives.remote.files import BLOCK
from parsers.archives.walk import map_streams
from parsers.errors import ArchiveError
from parsers.logs.reading import LogReading, read_logs
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from parsers.stores.open import open_store
from parsers.unread import Unread
from tests.parsers.archives.reading import Read, drained, log_lines, read_all
from tests.support.s3_server import S3Server
from tests.support.sshd import SshServer

LONG = log_lines(2000) * 120  # the first block and the last are looked at before anything else
LOGS = Path(__file__).parents[4] / "sample_logs" / "cloudbees-cd" / "logs"


def estate(url: str) -> LogReading:
    password = Secret((LOGS / "support-bundle.password").read_bytes().strip())
    return read_logs([url], jobs=2, passwords=[password])


def read_broken(url: str, happens: Callable[[], None]) -> Read:
    """A plain file, with something happening after its first bytes."""

    def work(leaf: EntryStream) -> Read:
        buffer = memoryview(bytearray(1 << 16))
        begin = bytes(buffer[: leaf.stream.readinto(buffer)])
        happens()
        content, error = drained(leaf.stream)
        return Read(leaf.source, begin + content, error, tuple(leaf.notes))

    [read] = map_streams([url], work, jobs=1)
    assert isinstance(read, Read)
    return read


def assert_same_as_here(far: LogReading, url: str) -> None:
    """Every position begins with the URL as it was given; nothing else differs."""
    here = estate(str(LOGS))
    assert list(far.findings) == [
        found._replace(source=found.source.replace(str(LOGS), url)) for found in here.findings
    ]
    assert [row.path for row in far.inputs] == [row.path.replace(str(LOGS), url) for row in here.inputs]
    assert not far.unread


def test_a_prefix_of_a_bucket_is_a_folder(s3: S3Server) -> None:
    """The sample estate in a bucket gives what it gives in a folder, nested and encrypted zips included."""
    url = s3.fill("estate", "cd/logs", LOGS)
    s3.put("estate", "cd/logs/", b"")  # the mark that consoles make for a folder
    assert_same_as_here(estate(url), url)


def test_a_folder_behind_ssh(ssh: SshServer) -> None:
    """The sample estate by way of ssh gives what it gives here."""
    assert_same_as_here(estate(ssh.url(LOGS)), ssh.url(LOGS))


def test_archives_are_read_by_ranges(s3: S3Server, tmp_path: Path) -> None:
    """Members on both sides of every block's border come out whole, on several threads."""
    content = os.urandom(2 * BLOCK + 12_345)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("stored", content)
        archive.writestr("deflated", log_lines(2000), zipfile.ZIP_DEFLATED)
    url = s3.fill("ranges", "x", tmp_path)
    read, unread = read_all(f"{url}/a.zip", jobs=2)
    assert not unread
    assert [(each.source, each.content) for each in read] == [
        (f"{url}/a.zip!/deflated", log_lines(2000)),
        (f"{url}/a.zip!/stored", content),
    ]


def test_what_is_not_there_is_unread(s3: S3Server, ssh: SshServer, tmp_path: Path) -> None:
    """A bucket, a prefix, a path and a scheme that do not exist are named with their reasons."""
    s3.fill("empty", "x", tmp_path / "nothing")
    urls = ["s3://nowhere/x", "s3://empty/x", ssh.url(tmp_path / "none"), "nonsense://x/y"]
    read, unread = read_all(*urls)
    assert not read
    assert [(row.path, row.reason) for row in unread] == [
        ("nonsense://x/y", "no library here reads nonsense URLs"),
        ("s3://empty/x", "not found"),
        ("s3://nowhere/x", "not found"),
        (ssh.url(tmp_path / "none"), "not found"),
    ]


def test_links_and_pipes_behind_ssh(ssh: SshServer, tmp_path: Path) -> None:
    """Links to files are read, links to folders and pipes are reported, as they are here."""
    folder = tmp_path / "logs"
    (folder / "below").mkdir(parents=True)
    (folder / "a.log").write_bytes(b"line\n")
    (folder / "b.log").symlink_to("a.log")
    (folder / "c").symlink_to("below")
    (folder / "d").symlink_to("nowhere")
    os.mkfifo(folder / "e")
    read, unread = read_all(ssh.url(folder))
    names = [each.source.rpartition("/")[2] for each in read]
    assert names == ["a.log", "b.log"]
    assert [(row.path.rpartition("/")[2], row.reason) for row in unread] == [
        ("c", "a link to a folder: not followed"),
        ("d", "cannot be opened: not found"),
        ("e", "neither a file nor a folder: a pipe, socket or device"),
    ]


def test_a_host_that_is_not_known_gets_nothing(ssh: SshServer) -> None:
    """A host key that is not in `known_hosts` ends the connection before anybody logs in."""
    (ssh.home / ".ssh" / "known_hosts").write_text("")
    read, [unread] = read_all(ssh.url(LOGS))
    assert not read
    assert unread == Unread(ssh.url(LOGS), "", "cannot connect: HostKeyNotVerifiable")


def test_a_connection_that_breaks_is_made_again(ssh: SshServer, tmp_path: Path) -> None:
    """The connection is cut in the middle of a file, the server stays: the file is read to its end."""
    (tmp_path / "a.log").write_bytes(LONG)
    read = read_broken(ssh.url(tmp_path / "a.log"), ssh.cut)
    assert read.error is None
    assert read.content == LONG


def test_a_server_that_goes_away_leaves_the_rest_unread(ssh: SshServer, tmp_path: Path) -> None:
    """What came before counts, the reason stands beside it, and the tries are bounded."""
    (tmp_path / "a.log").write_bytes(LONG)
    read = read_broken(ssh.url(tmp_path / "a.log"), ssh.stop)
    assert read.error is not None
    assert read.error.message.startswith("cannot be read further: ")
    assert read.content == LONG[:BLOCK]


def test_an_object_replaced_meanwhile_is_no_mixture(s3: S3Server, tmp_path: Path) -> None:
    """Blocks of two versions are never put together: what came before counts, then it says so."""
    (tmp_path / "a.log").write_bytes(LONG)
    url = s3.fill("replaced", "x", tmp_path)
    read = read_broken(f"{url}/a.log", lambda: s3.put("replaced", "x/a.log", LONG[::-1]))
    assert read.error is not None
    assert read.error.message == "cannot be read further: it was replaced while it was read"
    assert read.content == LONG[:BLOCK]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://key:planted@bucket/x", "the s3 URL holds a password"),
        ("ssh://me:planted@host/x", "the ssh URL holds a password"),
        ("https://host/x?signature=planted", "the https URL has a query"),
        ("https://host/logs/", "the https URL does not name a file"),
    ],
)
def test_urls_that_are_refused(url: str, said: str) -> None:
    """Before anything is asked for, and without repeating a secret."""
    with pytest.raises(ArchiveError, match=said) as caught:
        read_logs([url])
    assert "planted" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("url", "library"), [("s3://b/x", "fsspec"), ("s3://b/x", "s3fs"), ("ssh://h/x", "sshfs")]
)
def test_without_the_extra_it_says_how_to_install_it(
    url: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library that is missing is named, and the command that brings it."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ArchiveError, match=f"need {library}, which is not installed") as caught:
        read_logs([url])
    assert "passkey-audit[remote]" in caught.value.hint


def stored(reference: str) -> pl.DataFrame:
    """The values of a store."""
    items = list(open_store(reference).read())
    return pl.concat([item.frame for item in items if isinstance(item, StoredValues)])


def test_stores_may_be_elsewhere_too(s3: S3Server, tmp_path: Path) -> None:
    """Tables, plain and packed, and a SQLite file in a bucket give what they give here."""
    (tmp_path / "t.csv").write_text("kind,project,name,user_name,value\ncredential,P,C,u,AAAA\n")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes()))
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        database.execute(
            "CREATE TABLE ec_credential (id, name, user_name, password, credential_type, project_id)"
        )
        database.execute("INSERT INTO ec_credential VALUES (1, 'C', 'u', 'AAAA', '', 1)")
        database.commit()
    url = s3.fill("stores", "x", tmp_path)
    for name in ("t.csv", "t.csv.gz", "t.db"):
        here, far = stored(f"{tmp_path}/{name}"), stored(f"{url}/{name}")
        assert far.height == 1
        assert far.drop("store").equals(here.drop("store"))
    with pytest.raises(ArchiveError, match="holds a password"):
        open_store("s3://key:planted@stores/x/t.csv")
