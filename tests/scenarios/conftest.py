"""Runs that several stories look at, made once."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.program import ESTATE, PASSWORD, Ended, passkey_audit

STORES: Final[dict[str, tuple[str, ...]]] = {
    "export.xml": (),
    "export.xml.gz": (),
    "credentials.csv": ("--current", "passkey"),  # a table names no fingerprint
    "commander.sqlite": (),
}


@dataclass(frozen=True, slots=True)
class AuditRun:
    """An audit of the sample estate, and its run folder."""

    store: str
    ended: Ended
    folder: Path

    def summary(self) -> dict[str, Any]:
        """`summary.json`."""
        told: dict[str, Any] = json.loads((self.folder / "summary.json").read_bytes())
        return told


REPEATED: Final = {
    "test_containers", "test_same_estate_every_store", "test_same_bytes", "test_kbec_command",
    "test_closed_output", "test_interrupted", "test_start_up", "test_output_file", "test_far_away",
    "test_exit_codes", "test_reentered", "test_demo", "test_progress",
    "test_octopus_rotation", "test_reencrypt_octopus", "test_ignore", "test_logs_against_store",
    "test_both_products", "test_wheel",
}  # fmt: skip
"""Stories whose commands others run too: measuring them again would cost minutes."""


@pytest.fixture(autouse=True)
def unmeasured_programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that these stories start write nothing of coverage."""
    if request.module.__name__.rpartition(".")[2] in REPEATED:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ESTATE / "truth.json").read_bytes())
    return told


@pytest.fixture(scope="session", params=STORES)
def audit_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AuditRun:
    return audited(request.param, tmp_path_factory.mktemp("audited") / "run")


@pytest.fixture(scope="session")
def export_run(tmp_path_factory: pytest.TempPathFactory) -> AuditRun:
    return audited("export.xml", tmp_path_factory.mktemp("audited-export") / "run")


def audited(store: str, folder: Path) -> AuditRun:
    """Audit all logs of the estate with this store."""
    ended = passkey_audit(
        *("audit", "logs", "--zip-password", PASSWORD, "--owners", "owners.csv", "--out", str(folder)),
        *("--store", f"store/{store}", "--key", "keys", *STORES[store]),
    )
    return AuditRun(store, ended, folder)
