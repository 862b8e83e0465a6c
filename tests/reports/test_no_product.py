"""Reports know no product: what they say about one comes with the run, in its guide."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

REPORTS: Final = Path(__file__).parents[2] / "reports"
NAME: Final = re.compile(
    r"octopus|cloud.?bees|commander|electric.?(?:cloud|flow)|ectool|ec-perl|devops-insight", re.IGNORECASE
)
VENDOR: Final = "vendor"
"""The table's library, as its makers publish it."""


def product_names(path: Path) -> Iterator[str]:
    """Every name of a product in the file; docstrings and comments count too, as nothing there needs one."""
    for found in NAME.finditer(path.read_text("utf-8")):
        yield found[0]


def files() -> list[Path]:
    """The code and the templates."""
    found = [
        path for path in REPORTS.rglob("*") if path.suffix in {".py", ".j2", ".js", ".css", ".sh", ".html"}
    ]
    return [path for path in found if VENDOR not in path.parts]


def test_there_is_something_to_search() -> None:
    """Code and templates are both among the files."""
    assert {path.suffix for path in files()} >= {".py", ".j2", ".js", ".css"}


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(REPORTS).as_posix())
def test_no_file_names_a_product(path: Path) -> None:
    """Nor a product's own tool, nor a kind of object that only one product has."""
    assert list(product_names(path)) == []


def test_no_way_to_a_secret() -> None:
    """Nothing in reports imports the packages that hold one: neither at the top nor within a function."""
    imported = {
        (path.name, module)
        for path in files()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if module.partition(".")[0] in {"audit", "parsers", "cryptography"}
    }
    assert imported == set()


@pytest.mark.parametrize(
    "text", ["CloudBees CD", "an Octopus server", "commander.log", "ec-perl -e", "EcTool"]
)
def test_what_counts_as_a_name(tmp_path: Path, text: str) -> None:
    """Any spelling, anywhere in a file."""
    path = tmp_path / "a.py"
    path.write_text(f"# {text}\n")
    assert list(product_names(path))
