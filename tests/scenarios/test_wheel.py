"""What is installed from the wheel: the program with its samples, and neither their generator nor a test."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT_FROM = ("LICENSE", "README.md", "pyproject.toml", "audit", "parsers", "reports", "sample_logs", "tests")
SAMPLES = ("README.md", "cloudbees-cd", "octopus")
pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds it, once
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, since setuptools writes beside what it builds from."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    build = ("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, source)
    subprocess.run([*PIP, *build], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`passkey-audit` in an environment of its own; only the dependencies come from that of the tests."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    # A folder that is named here comes behind the wheel's. Its own .pth files, which lead to the checkout,
    # are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return environment / "bin" / "passkey-audit"


def shipped() -> dict[str, bytes]:
    """Every sample by its path from the root."""
    folders = [ROOT / "sample_logs" / name for name in SAMPLES]
    files = [each for folder in folders for each in (folder, *folder.rglob("*")) if each.is_file()]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}


def test_the_wheel_ships_the_samples_and_no_generator(wheel: Path) -> None:
    """Every file of the estates, to the byte; of the rest of `sample_logs/` only what makes it a package."""
    with zipfile.ZipFile(wheel) as archive:
        samples = {name: archive.read(name) for name in archive.namelist() if name.startswith("sample_logs/")}
    assert samples.pop("sample_logs/__init__.py")
    assert samples == shipped()


def test_the_wheel_holds_nothing_but_the_program(wheel: Path) -> None:
    """Three packages, the samples, and the wheel's own description; no tests."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "audit",
        "parsers",
        "reports",
        "sample_logs",
    }


def test_demo_of_the_installed_program(installed: Path, tmp_path: Path) -> None:
    """Far from any checkout it unpacks both estates as they are in the repository, and audits them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [installed, "demo", "shown"], cwd=tmp_path, env=environment, check=False, capture_output=True
    )
    assert done.returncode == 10, done.stderr.decode()
    estate = tmp_path / "shown" / "estate"
    unpacked = {
        f"sample_logs/{path.relative_to(estate).as_posix()}": path.read_bytes()
        for path in estate.rglob("*")
        if path.is_file()
    }
    assert unpacked == shipped()
    totals = {}
    for product, run in (("cloudbees-cd", "run"), ("octopus", "run-octopus")):
        summary = json.loads((tmp_path / "shown" / run / "summary.json").read_bytes())
        truth = json.loads((estate / product / "truth.json").read_bytes())
        totals[product] = (summary["total"], len(truth["credentials"]))
    assert all(counted == told > 0 for counted, told in totals.values()), totals


def test_the_installed_program_is_the_wheel_s(installed: Path, tmp_path: Path) -> None:
    """Its packages come out of its own environment, not out of a checkout; there is no generator."""
    code = (
        "import audit, sample_logs; from importlib.util import find_spec\n"
        "print(audit.__file__, sample_logs.__file__, find_spec('sample_logs.generator'), sep='\\n')"
    )
    python = installed.with_name("python")
    out = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    program, samples, generator = out.stdout.splitlines()
    assert Path(program).is_relative_to(installed.parents[1])
    assert Path(samples).is_relative_to(installed.parents[1])
    assert generator == "None"
