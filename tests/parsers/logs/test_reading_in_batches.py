"""The search dealt out in batches, on threads here and on a real Dask cluster of processes."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from parsers.archives.inputs import InputFile
from parsers.errors import ArchiveError, ClusterError, SecretReferenceError
from parsers.logs.dask_cluster import dask_executor
from parsers.logs.period import Period
from parsers.logs.reading import LogReading, read_logs
from parsers.logs.reading_in_batches import BatchSize, batches, read_logs_in_batches
from parsers.secret import Secret
from tests.support.dask_cluster import DaskCluster, dask_cluster

ESTATE = Path(__file__).parents[3] / "sample_logs" / "cloudbees-cd"
PASSWORD = ESTATE / "logs/support-bundle.password"
PLANTED = "planted-zip-password"


def here(*inputs: str) -> LogReading:
    return read_logs(inputs, jobs=2, passwords=[Secret(PASSWORD.read_bytes().strip())])


def assert_same(far: LogReading, near: LogReading) -> None:
    """All that a reading says, the order of rows included."""
    assert far.findings == near.findings
    assert far.inputs == near.inputs
    assert far.unread == near.unread
    assert far.spans == near.spans
    assert far.upgrades == near.upgrades
    assert far.duplicates == near.duplicates


@pytest.fixture
def in_estate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths begin at the sample estate; no worker has that working directory."""
    monkeypatch.chdir(ESTATE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    password = PASSWORD.read_text().strip()
    with dask_cluster(tmp_path_factory.mktemp("dask"), environment={"ZIP_PASSWORD": password}) as running:
        yield running


@pytest.mark.parametrize("files", [1, 3, 100])
@pytest.mark.parametrize("workers", [1, 3])
def test_same_answer_however_it_is_dealt_out(files: int, workers: int, in_estate: None) -> None:
    """Neither the number of workers nor the size of batches changes anything, unreadable inputs included."""
    inputs = ["logs", "nowhere.log", "logs/kept-aside/commander-cd-kestrel.log.1.zip"]
    with ThreadPoolExecutor(workers) as executor:
        dealt = read_logs_in_batches(
            inputs, executor, passwords=[f"file:{PASSWORD}"], full=BatchSize(files=files)
        )
    assert len(dealt.findings) > 100
    assert len(dealt.unread) == 1
    assert_same(dealt, here(*inputs))


def test_batches_are_full_by_number_or_by_size() -> None:
    """Small archives go together, large ones do not wait for one another; none is left out."""
    files = [InputFile(str(number), size) for number, size in enumerate([1, 1, 1, 50, 10, 90, 5])]
    dealt = list(batches(files, BatchSize(files=3, size=60)))
    assert [(batch.paths, batch.size) for batch in dealt] == [
        (("0", "1", "2"), 3),
        (("3", "4"), 60),
        (("5",), 90),
        (("6",), 5),
    ]


@pytest.mark.parametrize("reference", [str(PASSWORD), "env:ZIP_PASSWORD"])
def test_same_answer_from_a_cluster(cluster: DaskCluster, reference: str, in_estate: None) -> None:
    """Two worker processes with another working directory say what a local run says, position by position."""
    with dask_executor(cluster.url) as executor:
        far = read_logs_in_batches(["logs"], executor, passwords=[reference], full=BatchSize(files=2))
    assert_same(far, here("logs"))


def test_period_and_system_hold(cluster: DaskCluster, in_estate: None) -> None:
    """What is left out here is left out there."""
    since = datetime(2021, 2, 6, 9)  # noqa: DTZ001 - as the logs have times
    near = read_logs(["logs"], system="cloudbees-cd", since=since)
    with dask_executor(cluster.url) as executor:
        far = read_logs_in_batches(["logs"], executor, system="cloudbees-cd", period=Period(since))
    assert 0 < len(near.findings) < len(read_logs(["logs"]).findings)
    assert_same(far, near)


def test_progress_is_told_everything(cluster: DaskCluster) -> None:
    """As much is read in the end as was expected: what the logs take on disk."""
    heard = _Heard()
    with dask_executor(cluster.url) as executor:
        read_logs_in_batches([str(ESTATE / "logs")], executor, progress=heard, full=BatchSize(files=2))
    size = sum(path.stat().st_size for path in (ESTATE / "logs").rglob("*") if path.is_file())
    assert heard.expected == heard.read == size


def test_a_worker_s_own_reference_that_names_nothing(cluster: DaskCluster) -> None:
    """The run fails, and says which kind of reference it was: an encrypted member must not look wrong."""
    with dask_executor(cluster.url) as executor, pytest.raises(SecretReferenceError, match="no such env"):
        read_logs_in_batches([str(ESTATE / "logs")], executor, passwords=["env:NOT_SET_THERE"])


@pytest.mark.parametrize("reference", ["prompt", "fd:3", f"cmd:echo {PLANTED}"])
def test_references_that_mean_nothing_elsewhere(reference: str) -> None:
    """They are refused before anything is sent, and a command is not repeated."""
    with ThreadPoolExecutor(1) as executor, pytest.raises(ClusterError, match="for a cluster") as caught:
        read_logs_in_batches([str(ESTATE)], executor, passwords=[reference])
    assert PLANTED not in f"{caught.value.message} {caught.value.hint}"


def test_what_no_cluster_can_read(cluster: DaskCluster) -> None:
    """Standard input and URLs with passwords are refused."""
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(ClusterError, match="standard input"):
            read_logs_in_batches(["-"], executor)
        with pytest.raises(ArchiveError, match="holds a password"):
            read_logs_in_batches(["s3://a:planted@b/c"], executor)


def test_a_worker_that_is_lost_is_made_up_for(tmp_path: Path) -> None:
    """Of two workers one is killed with tasks in hand: the other does them, and nothing is missing."""
    with dask_cluster(tmp_path) as running, dask_executor(running.url) as executor:
        reading = _with_loss(executor, running.workers[0].pid, running.workers[0].pid)
    assert_same(reading, here(str(ESTATE / "logs")))


def test_a_task_that_kills_workers_is_unread(tmp_path: Path) -> None:
    """Where Dask gives up, each of the task's archives is a row with the reason; the rest counts."""
    allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with (
        dask_cluster(tmp_path, environment=allowed) as running,
        dask_executor(running.url) as executor,
    ):
        reading = _with_loss(executor, running.workers[0].pid, running.workers[0].pid)
    lost = {row.path for row in reading.unread}
    assert lost
    assert {row.reason.rpartition(": ")[2] for row in reading.unread} == {"KilledWorker"}
    files = {str(path) for path in (ESTATE / "logs").rglob("*") if path.is_file()}
    assert lost | {row.path.partition("!/")[0] for row in reading.inputs} == files


def test_a_scheduler_that_is_lost_leaves_everything_unread(tmp_path: Path) -> None:
    """The run ends, and says for each archive that it was not read."""
    with dask_cluster(tmp_path, workers=1) as running, dask_executor(running.url) as executor:
        reading = _with_loss(executor, running.workers[0].pid, running.scheduler.pid)
    files = sorted(str(path) for path in (ESTATE / "logs").rglob("*") if path.is_file())
    assert sorted(row.path for row in reading.unread) == files


def test_a_cluster_without_workers_is_not_waited_for(tmp_path: Path) -> None:
    """The only worker is lost and none comes: after a while everything is unread, and the run ends."""
    with dask_cluster(tmp_path, workers=1) as running, dask_executor(running.url, patience=2) as executor:
        reading = _with_loss(executor, running.workers[0].pid, running.workers[0].pid)
    files = sorted(str(path) for path in (ESTATE / "logs").rglob("*") if path.is_file())
    assert sorted(row.path for row in reading.unread) == files


def test_clusters_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in the URL, no scheduler there, no Dask: each is said in one line."""
    with (
        pytest.raises(ClusterError, match="holds a password") as caught,
        dask_executor("tcp://a:planted@b:1"),
    ):
        pass
    assert "planted" not in f"{caught.value.message} {caught.value.hint}"
    with pytest.raises(ClusterError, match="no Dask scheduler answers"), dask_executor("nonsense://x"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="not installed") as caught, dask_executor("tcp://a:1"):
        pass
    assert "passkey-audit[cluster]" in caught.value.hint


def _with_loss(executor: Executor, stopped: int, killed: int) -> LogReading:
    """A worker stops, gets tasks, and then a process is killed."""
    os.kill(stopped, signal.SIGSTOP)
    timer = threading.Timer(1, os.kill, [killed, signal.SIGKILL])
    timer.start()
    try:
        return read_logs_in_batches(
            [str(ESTATE / "logs")], executor, passwords=[str(PASSWORD)], full=BatchSize(files=1)
        )
    finally:
        timer.join()


class _Heard:
    """Adds up what it is told."""

    expected = read = 0

    def expect(self, amount: int) -> None:
        self.expected += amount

    def working_on(self, name: str) -> None:
        pass

    def advance(self, amount: int) -> None:
        self.read += amount
