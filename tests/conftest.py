"""What holds for all tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups that one worker takes as a whole go first: at the end the others would wait for them."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes go by their length: archives made on the fly hold the time, and all workers must agree."""
    return f"{argname}-{len(val)}" if isinstance(val, bytes) else None
