"""What holds for all tests."""

import pytest
from hypothesis import HealthCheck, settings

# A deadline measures the machine, not the code: tests hold on a loaded one too.
settings.register_profile("loaded", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loaded")


@pytest.hookimpl(trylast=True)  # after pytest-xdist has named the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put groups that one worker takes as a whole first: at the end the others would wait for them.

    Raises:
        pytest.UsageError: pytest-xdist left the groups out. Each worker would then make what a group shares
            once more, and a full run takes half as long again.
    """
    grouped = [item for item in items if item.get_closest_marker("xdist_group")]
    if config.getoption("loadgroup", default=False) and not all("@" in item.nodeid for item in grouped):
        raise pytest.UsageError(
            "pytest-xdist ignores xdist_group with this pytest: install requirements-dev.lock"
        )
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes go by their length: archives made on the fly hold the time, and all workers must agree."""
    return f"{argname}-{len(val)}" if isinstance(val, bytes) else None
