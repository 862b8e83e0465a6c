"""The run folder: written, replaced, refused, read back."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from audit.reencryption.report import PRODUCT_REPORT as ROTATED_DOCUMENTS
from audit.reencryption.report import REPORT as REENCRYPTION_REPORT
from reports.errors import OutputError, RunFolderError, UnknownProductError
from reports.files import is_unfinished
from reports.run import Run
from reports.run_folder import prepare_run_folder, read_run_folder, write_run_folder
from reports.summary import InputSummary
from tests.reports.example_run import GUIDES, example_run
from tests.support.programs import need

EXPECTED = {
    "report.html",
    "summary.json",
    "findings.parquet",
    "credentials.parquet",
    "credentials.csv",
    "unread.csv",
    "logged-not-stored.csv",
    "reentry",
}


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(120)


@pytest.fixture(scope="module")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "run"
    write_run_folder(folder, run)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(written, tmp_path / "run")
    return tmp_path / "run"


def test_the_folder_is_private_and_holds_the_promised_files(run: Run, tmp_path: Path) -> None:
    """With a umask of 0 the folders still have mode 0700, and every file 0600."""
    before = os.umask(0)
    try:
        write_run_folder(tmp_path / "deep" / "run", run)
    finally:
        os.umask(before)
    folder = tmp_path / "deep" / "run"
    assert {path.name for path in folder.iterdir()} == EXPECTED
    for path in [folder.parent, folder, *folder.rglob("*")]:
        assert path.stat().st_mode & 0o7777 == (0o700 if path.is_dir() else 0o600), path


def test_what_was_written_is_read_back(run: Run, folder: Path) -> None:
    """Every frame and the summary come back equal, hostile names included."""
    back = read_run_folder(folder)
    assert back.summary == run.summary
    assert back.credentials.equals(run.credentials)
    assert back.findings.equals(run.findings)
    assert back.unread.equals(run.unread)
    assert back.not_stored.equals(run.not_stored)


def test_an_earlier_folder_is_read(run: Run, folder: Path) -> None:
    """A folder from before logs and store were compared reads as one where that was not done."""
    (folder / "logged-not-stored.csv").unlink()
    run.credentials.drop("disagreement").write_parquet(folder / "credentials.parquet")
    summary = json.loads((folder / "summary.json").read_bytes())
    for name in ("disagreements", "ignored_findings", "missing_keys", "periods", "upgrades"):
        del summary[name]
    for key in summary["keys"]:
        del key["remark"]
    (folder / "summary.json").write_text(json.dumps(summary))
    back = read_run_folder(folder, GUIDES)
    assert back.credentials.equals(run.credentials.with_columns(disagreement=pl.lit("")))
    assert back.not_stored.is_empty()
    assert back.summary.disagreements is None
    write_run_folder(folder.parent / "again", back)


def test_a_path_that_is_no_utf_8_is_written(run: Run, tmp_path: Path) -> None:
    """An input whose name holds other bytes shows them as escapes, in the summary and in the page."""
    path = b"old-\xff.log".decode(errors="surrogateescape")
    summary = run.summary.model_copy(update={"inputs": [InputSummary(path=path, read=True)]})
    odd = replace(run, summary=summary)
    write_run_folder(tmp_path / "run", odd)
    assert read_run_folder(tmp_path / "run").summary.inputs[0].path == r"old-\udcff.log"
    assert r"old-\udcff.log" in (tmp_path / "run" / "report.html").read_text()


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Two folders of the same run have the same files, byte for byte."""
    write_run_folder(tmp_path / "again", example_run(120))
    assert content(folder) == content(tmp_path / "again")


def test_an_older_run_is_replaced(run: Run, folder: Path) -> None:
    """Lists of teams with nothing left to do go away; the journal and other files stay."""
    (folder / "journal.jsonl").write_text("kept")
    (folder / "notes.txt").write_text("kept")
    done = replace(run, credentials=run.credentials.with_columns(action=pl.lit("none")))
    assert list((folder / "reentry").iterdir())
    write_run_folder(folder, done)
    assert list((folder / "reentry").iterdir()) == []
    assert (folder / "journal.jsonl").read_text() == (folder / "notes.txt").read_text() == "kept"


@pytest.mark.parametrize("name", ["journal.jsonl", REENCRYPTION_REPORT, ROTATED_DOCUMENTS])
def test_what_a_reencryption_left_stays(name: str, run: Run, folder: Path) -> None:
    """It tells of a store and not of the run: a new audit keeps it, and it makes no folder a stranger's."""
    (folder / name).write_text("kept")
    (folder / "summary.json").unlink()  # as a killed run leaves it
    write_run_folder(folder, run)
    assert (folder / name).read_text() == "kept"


def test_a_rotation_report_is_of_its_run(run: Run, folder: Path) -> None:
    """It is written with the run, outlives a kill, and goes when the next run has none."""
    write_run_folder(folder, run, rotation_report="Success: 3\n")
    assert (folder / "rotation-report.txt").read_text() == "Success: 3\n"
    (folder / "summary.json").unlink()
    write_run_folder(folder, run)
    assert {path.name for path in folder.iterdir()} == EXPECTED


def test_a_folder_with_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    """A folder of other files is refused, and neither its files nor its mode change."""
    (tmp_path / "photo.jpg").write_text("x")
    tmp_path.chmod(0o755)
    with pytest.raises(RunFolderError, match=r"photo\.jpg"):
        write_run_folder(tmp_path, run)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_summary_of_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    """A `summary.json` that another program wrote does not make a run folder."""
    (tmp_path / "summary.json").write_text('{"title": "holidays"}')
    with pytest.raises(RunFolderError, match="not a run folder"):
        write_run_folder(tmp_path, run)
    assert (tmp_path / "summary.json").read_text() == '{"title": "holidays"}'


def test_a_killed_run_can_be_written_again(run: Run, folder: Path) -> None:
    """A folder without a summary is no run, and can be completed; unfinished files are removed."""
    (folder / "summary.json").unlink()
    (folder / ".passkey-audit-abc.part").write_text("half")
    with pytest.raises(RunFolderError, match=r"no summary\.json"):
        read_run_folder(folder)
    write_run_folder(folder, run)
    assert {path.name for path in folder.iterdir()} == EXPECTED
    assert read_run_folder(folder).summary == run.summary


@pytest.mark.parametrize("limit", [1_000, 20_000, 200_000])
def test_a_full_disk_leaves_no_half_run(run: Run, folder: Path, limit: int) -> None:
    """Wherever the space runs out: one error, each file whole, and nothing that passes for a run."""
    complete = content(folder)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(OutputError, match="file too large"):
            write_run_folder(folder, run)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    left = content(folder)
    assert left == {name: complete[name] for name in complete if name != "summary.json"}
    with pytest.raises(RunFolderError):
        read_run_folder(folder)


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from reports.run_folder import write_run_folder
from tests.reports.example_run import GUIDES, example_run
write_run_folder(Path(sys.argv[1]), example_run(120, seed=8))
"""


@pytest.mark.parametrize("number", [1, 3, 9])
def test_a_kill_leaves_no_mixed_run(folder: Path, tmp_path: Path, number: int) -> None:
    """Killed before its n-th file is in place: each file is the old or the new run's, and it is no run."""
    old = content(folder)
    write_run_folder(tmp_path / "new", example_run(120, seed=8))
    new = content(tmp_path / "new")
    command = [need("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename"]
    command += [
        "-e",
        f"inject=rename:signal=SIGKILL:when={number}",
        sys.executable,
        "-c",
        WRITER,
        str(folder),
    ]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PYTHONDONTWRITEBYTECODE": "1"}
    killed = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert killed.returncode != 0
    for name, found in content(folder).items():
        if is_unfinished(Path(name)):
            assert any(whole.startswith(found) for whole in new.values())
        else:
            assert found in {old.get(name), new.get(name)}
    with pytest.raises(RunFolderError, match=r"no summary\.json"):
        read_run_folder(folder)
    write_run_folder(folder, example_run(120, seed=8))
    assert content(folder) == new


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """An empty folder becomes private; nothing is put into it before the run is ready."""
    tmp_path.chmod(0o755)
    prepare_run_folder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["credentials.parquet", "findings.parquet", "unread.csv", "summary.json"])
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe garbage", b"a,b\n1,2\n", None])
def test_a_damaged_run_folder_says_so(folder: Path, name: str, damage: bytes | None) -> None:
    """A file that is missing or is not what it should be gives the one error of run folders."""
    if damage is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(damage)
    with pytest.raises(RunFolderError, match=name.replace(".", r"\.")):
        read_run_folder(folder)


def test_a_run_whose_counts_differ_is_refused(run: Run) -> None:
    """A summary that counts other credentials than there are is no run."""
    with pytest.raises(RunFolderError, match="counts 120 credentials, and 119"):
        Run(
            summary=run.summary,
            credentials=run.credentials.head(119),
            findings=run.findings,
            unread=run.unread,
        )
    with pytest.raises(RunFolderError, match="columns"):
        Run(
            summary=run.summary,
            credentials=run.credentials.drop("name"),
            findings=run.findings,
            unread=run.unread,
        )


def test_a_run_of_a_strange_product_is_not_written(run: Run, tmp_path: Path) -> None:
    """Without the product's guide nothing could be said of it: no half of a folder comes about."""
    strange = replace(run, summary=run.summary.model_copy(update={"system": "cloudbees-cd, shop"}))
    with pytest.raises(UnknownProductError, match="'shop'"):
        write_run_folder(tmp_path / "run", strange)
    assert not (tmp_path / "run").exists()
