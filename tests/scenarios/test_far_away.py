"""Logs in a bucket, behind ssh and searched by a cluster: the program says what it says of a folder here."""

import shutil
from pathlib import Path

import polars as pl

from tests.support.dask_cluster import dask_cluster
from tests.support.program import ESTATE, PASSWORD, passkey_audit
from tests.support.s3_server import s3_server
from tests.support.sshd import ssh_server

JUDGED = ("location", "verdict", "opened_by", "confidence", "value_digest", "findings", "last_seen")
SCAN = ("--zip-password", PASSWORD, "--format", "csv")


def judged(run: Path) -> pl.DataFrame:
    """What does not name the place of a log or a store."""
    return pl.read_parquet(run / "credentials.parquet", columns=list(JUDGED)).sort(JUDGED)


def test_scan_of_a_bucket(tmp_path: Path) -> None:
    """Positions begin with the URL, and nobody's credentials are in what the program prints."""
    shutil.copytree(ESTATE / "logs", tmp_path / "logs")
    here = passkey_audit("scan", "logs", *SCAN, cwd=tmp_path)
    with s3_server(tmp_path / "server") as server:
        url = server.fill("estate", "cd", tmp_path / "logs")
        far = passkey_audit("scan", url, *SCAN, env=server.environment)
        wrong = passkey_audit("scan", "s3://elsewhere/x", *SCAN, env=server.environment)
    assert (here.code, far.code, wrong.code) == (10, 10, 3)
    assert far.out == here.out.replace(b",logs/", f",{url}/".encode())
    assert "not read: s3://elsewhere/x: not found" in wrong.err
    for said in (far, wrong):
        assert "planted" not in said.out.decode() + said.err


def test_scan_and_audit_by_way_of_ssh(tmp_path: Path) -> None:
    """Logs and store on another host give the verdicts of those here."""
    common = ("--key", "keys", "--zip-password", PASSWORD, "--out")
    here = passkey_audit("audit", "logs", "--store", "store/export.xml.gz", *common, tmp_path / "here")
    with ssh_server(tmp_path / "sshd") as server:
        places = (server.url(ESTATE / "logs"), "--store", server.url(ESTATE / "store/export.xml.gz"))
        home = {"HOME": str(server.home)}
        far = passkey_audit("audit", *places, *common, tmp_path / "far", env=home)
    assert (here.code, far.code) == (10, 10), far.err
    assert judged(tmp_path / "far").equals(judged(tmp_path / "here"))


def test_scan_on_a_cluster(tmp_path: Path) -> None:
    """Byte for byte what a local run prints, from workers in another folder; --jobs makes no sense there."""
    here = passkey_audit("scan", "logs", *SCAN)
    with dask_cluster(tmp_path) as cluster:
        far = passkey_audit("scan", "logs", *SCAN, "--cluster", cluster.url)
        both = passkey_audit("scan", "logs", "--cluster", cluster.url, "--jobs", "2")
    assert (far.code, far.out, far.err) == (here.code, here.out, here.err)
    assert both.code == 2


def test_a_cluster_takes_no_prompt(tmp_path: Path) -> None:
    """A password that only this machine could give is refused, and said so in one line with a hint."""
    with dask_cluster(tmp_path, workers=1) as cluster:
        ended = passkey_audit("scan", "logs", "--zip-password", "prompt", "--cluster", cluster.url)
    assert ended.code == 1
    assert ended.err.startswith("error: prompt is not a password reference for a cluster")
    assert ended.err.splitlines()[1].startswith("hint: ")
