"""What a request lacks is wrong usage of an option."""

import re
from pathlib import Path

import pytest
import typer

import audit
from audit.cli.options import usage_errors
from audit.errors import RequestError

RAISED = sorted(
    {
        field
        for path in Path(audit.__file__).parent.rglob("*.py")
        for field in re.findall(r'RequestError\((?:[^()]|\([^()]*\))*field="(\w+)"', path.read_text())
    }
)


def test_there_are_such_errors() -> None:
    """The search finds those that the source raises."""
    assert {"stores", "out", "known_text", "folders"} <= set(RAISED)


@pytest.mark.parametrize("field", RAISED)
def test_each_names_the_option(field: str) -> None:
    """The message is that of the error, without the attribute's name, which nobody typed."""
    with pytest.raises(typer.BadParameter) as raised, usage_errors():
        raise RequestError("it lacks something", field=field)
    assert raised.value.message == "it lacks something"
    assert raised.value.param_hint


def test_the_library_names_the_attribute() -> None:
    """Who reads the error of a script sees which attribute of the request is meant."""
    assert str(RequestError("name at least one", field="stores")) == "stores: name at least one"
