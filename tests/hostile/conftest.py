"""What tests of hostile surroundings have in common."""

import pytest


@pytest.fixture(autouse=True)
def unmeasured_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs started here write nothing of coverage: its files would be lost, broken or in the way."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
