"""What holds for all tests."""

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes go by their length: archives made on the fly hold the time, and all workers must agree."""
    return f"{argname}-{len(val)}" if isinstance(val, bytes) else None
