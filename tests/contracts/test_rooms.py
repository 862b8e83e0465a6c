"""Each product has its room: nothing outside names one."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from audit import products as audit_products
from parsers import products as parsers_products

ROOT: Final = Path(__file__).parents[2]
NAME: Final = re.compile(r"octopus|cloud.?bees|commander|electric.?(?:cloud|flow)", re.IGNORECASE)

ROOMS: Final = ("cloudbees", "octopus")
LIST: Final = "products.py"
"""The one file of a package that is to name all of them."""

PACKAGES: Final[dict[str, dict[str, str]]] = {
    "audit": {
        "cli/demo_command.py": "audits an estate of each",
        "cli/key_command.py": "has an option for each product that a key can be made for",
        "cli/options.py": "help texts, which people read who look for their product",
        "cli/scan_command.py": "the choices of --system have to be known before any product is loaded",
    },
    "parsers": {},
}
"""The packages, and which of their files may name a product though they are in no room, with the reason."""


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of code that name a product; docstrings and comments may cite where a fact comes from."""
    text = path.read_text("utf-8")
    documented = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for each in node.body
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        in_docstring = token.type == tokenize.STRING and token.start[0] in documented
        if token.type in {tokenize.NAME, tokenize.STRING} and not in_docstring and NAME.search(token.string):
            yield token.start[0], token.string


def naming(package: str) -> set[str]:
    """The files of a package outside the rooms that name a product."""
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        place = path.relative_to(ROOT / package)
        if place.parts[0] not in (*ROOMS, LIST) and any(names_in(path)):
            found.add(place.as_posix())
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_outside_the_rooms_names_a_product(package: str) -> None:
    """But for what is listed above with its reason; what names none any more is taken from the list."""
    assert naming(package) == set(PACKAGES[package])


@pytest.mark.parametrize("package", ["audit", "parsers"])
def test_the_list_names_every_room(package: str) -> None:
    """A room is a folder with a file `product.py`."""
    rooms = {path.parent.name for path in (ROOT / package).glob("*/product.py")}
    assert rooms == set(ROOMS)
    listed = (ROOT / package / LIST).read_text("utf-8")
    assert {room for room in rooms if f"{package}.{room}.product" in listed} == rooms


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_no_room_names_another(package: str, room: str) -> None:
    """Two products meet in the lists alone."""
    others = [other for other in ROOMS if other != room]
    for path in (ROOT / package / room).rglob("*.py"):
        imported = re.findall(r"(?m)^\s*(?:from|import) ([\w.]+)", path.read_text("utf-8"))
        assert not [name for name in imported if set(name.split(".")) & set(others)], path


def test_the_lists_agree() -> None:
    """The same products, by the same ids, are known to the parsers and to the audit."""
    ids = {product.id for product in audit_products.every_product()}
    assert ids == {product.id for product in parsers_products.every_product()}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('"""Octopus."""\nX = 1  # as CloudBees CD does\n', False),
        ('def f():\n    """CloudBees CD."""\n    return 1\n', False),
        ('X = "octopus"\n', True),
        ("from audit.octopus.layouts import LAYOUTS\n", True),
        ('def f():\n    """Reads."""\n    return f"{1} CommanderServer"\n', True),
        ("if cloudBees:\n    pass\n", True),
    ],
)
def test_what_counts_as_naming(tmp_path: Path, code: str, found: bool) -> None:
    """Names and texts do, in any spelling; docstrings and comments do not."""
    path = tmp_path / "a.py"
    path.write_text(code)
    assert any(names_in(path)) is found
