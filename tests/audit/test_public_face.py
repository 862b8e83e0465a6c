"""What `import audit` offers."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import audit

CALLS = ("read", "audit", "find_layouts", "check_readiness", "reencrypt", "undo", "diff")
ROOT = Path(audit.__file__).parent


@pytest.mark.parametrize("name", audit.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    """Each leads to something with words of its own, also once every room was entered."""
    found = getattr(audit, name)
    assert name in dir(audit)
    assert found.__name__ == name
    assert inspect.getdoc(found)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_says_what_it_takes_gives_and_raises(name: str) -> None:
    """Arguments and errors have their paragraph in the docstring, and each argument its line."""
    call = getattr(audit, name)
    words = inspect.getdoc(call) or ""
    assert "\nRaises:\n" in words
    arguments = words.partition("\nArgs:\n")[2]
    for argument in inspect.signature(call).parameters:
        assert f"    {argument}: " in arguments


@pytest.mark.parametrize("name", audit.__all__)
def test_no_name_is_that_of_a_file(name: str) -> None:
    """Importing the file would put the module in the name's place."""
    assert not (ROOT / name).exists()
    assert not (ROOT / f"{name}.py").exists()


def test_importing_costs_nothing() -> None:
    """No library, and no other room, is loaded before a name is used."""
    code = (
        "import sys; before = set(sys.modules); import audit; "
        "print(sorted(each for each in set(sys.modules) - before if each.startswith(('audit', 'polars'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT.parent
    )
    assert done.stdout == "['audit']\n"


def test_an_unknown_name_is_none() -> None:
    """As of any other module."""
    with pytest.raises(AttributeError, match="no attribute 'is_not_there'"):
        getattr(audit, "is_not_there")  # noqa: B009  # mypy would refuse the attribute
