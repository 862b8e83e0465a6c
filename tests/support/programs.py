"""Programs that tests call."""

import os
import shutil

import pytest


def need(program: str, *, path: str | None = None) -> str:
    """Where `program` is, also in /usr/sbin; else the test fails in CI and is skipped elsewhere, with a hint.

    Args:
        program: its name.
        path: folders to look in first, as in `PATH`.
    """
    folders = os.pathsep.join(filter(None, [path, os.environ.get("PATH"), "/usr/sbin"]))
    if found := shutil.which(program, path=folders):
        return found
    reason = f"{program} is missing: `make test` installs what the tests call"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
