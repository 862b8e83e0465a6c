"""The same input gives the same bytes."""

from pathlib import Path

import pytest

from tests.support.program import PASSWORD, passkey_audit

SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "POLARS_MAX_THREADS": "1"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_run_folder(tmp_path: Path) -> None:
    """Every file of two runs with another hash seed, zone, locale and number of workers is identical."""
    folders = []
    for jobs, env in enumerate(SURROUNDINGS, start=1):
        folders.append(tmp_path / str(jobs))
        passkey_audit(
            *("audit", "logs", "--zip-password", PASSWORD, "--owners", "owners.csv", "--jobs", str(jobs)),
            *("--store", "store/export.xml", "--store", "store/imported-2017.xml", "--key", "keys"),
            *("--out", str(folders[-1])),
            env=env | {"SOURCE_DATE_EPOCH": "1614556800"},
        )
    first, second = map(content, folders)
    assert len(first) > 8
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize("table_format", ["csv", "json", "parquet", "table"])
def test_scan(table_format: str) -> None:
    """Findings, too, in every format."""
    first, second = (
        passkey_audit(
            *("scan", "logs", "--zip-password", PASSWORD, "--jobs", str(jobs), "--format", table_format),
            env=env,
        )
        for jobs, env in zip((1, 4), SURROUNDINGS, strict=True)
    )
    assert first.out == second.out
    assert first == second
