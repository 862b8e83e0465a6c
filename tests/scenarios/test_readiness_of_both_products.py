"""`readiness` over the stores of both products: each has its own key, nodes, steps and checks."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.both_products import BothProducts
from tests.support.octopus import sealed
from tests.support.program import Ended

MACHINE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def both(tmp_path: Path) -> BothProducts:
    """A node of each product, with the key that its database is under."""
    made = BothProducts(tmp_path).make()
    heron, commander = tmp_path / "heron", tmp_path / "cb1"
    heron.mkdir()
    commander.mkdir()
    shutil.copy(tmp_path / "passkey", commander)
    key = (tmp_path / "master").read_text()
    value = sealed(MACHINE.encode(), f'"{key}"', b"743677397A244326").partition("|")[0]
    (heron / "machine-id").write_text(f"{MACHINE}\n")
    config = heron / "Server.linux.config"
    config.write_text(
        f'<octopus-settings><set key="Octopus.Storage.MasterKey">{value}</set></octopus-settings>'
    )
    config.chmod(0o600)
    return made


def checked(both: BothProducts, *words: str) -> tuple[dict[tuple[str, str], dict[str, str]], Ended]:
    """The checks by product and id, and the run."""
    given = ("readiness", *both.words(), "--conf", "heron", "--conf", "cb1=cb1")
    ended = both.run(*given, "--format", "json", *words)
    rows: list[dict[str, Any]] = json.loads(ended.out)
    found = {}
    for row in rows:
        product, _, evidence = str(row["evidence"]).partition(": ")
        found[product, str(row["id"])] = {**row, "evidence": evidence}
    assert len(found) == len(rows)
    return found, ended


CLOUDBEES, OCTOPUS = "CloudBees CD", "Octopus Deploy"


def test_each_product_has_its_own_checks(both: BothProducts) -> None:
    """What only one of them has is asked of it alone, and every line says whose it is."""
    found, _ = checked(both)
    ids = {product: {id_ for each, id_ in found if each == product} for product in (CLOUDBEES, OCTOPUS)}
    assert {product for product, _ in found} == {CLOUDBEES, OCTOPUS}
    assert ids[CLOUDBEES] - ids[OCTOPUS] == {"older-key-in-place", "database-password", "old-files"}
    assert ids[OCTOPUS] < ids[CLOUDBEES]


def test_each_products_key_is_compared_with_its_own(both: BothProducts) -> None:
    """A master key and a passkey are no two keys of one server; a second node's other key is."""
    found, _ = checked(both, "--copy", "zookeeper=passkey", "--copy", "wren=master")
    assert states(found, "one-key") == {CLOUDBEES: "pass", OCTOPUS: "pass"}
    assert "heron" not in found[CLOUDBEES, "one-key"]["evidence"]
    assert "cb1" not in found[OCTOPUS, "one-key"]["evidence"]
    found, _ = checked(both, "--copy", "zookeeper=passkey", "--copy", "wren=master-old")
    assert states(found, "one-key") == {CLOUDBEES: "pass", OCTOPUS: "fail"}
    found, _ = checked(both, "--copy", "zookeeper=passkey-old", "--copy", "wren=master")
    assert states(found, "one-key") == {CLOUDBEES: "fail", OCTOPUS: "pass"}


def test_the_nodes_own_key_is_current(both: BothProducts) -> None:
    """Where nobody says which key is current, each product's node says it."""
    found, _ = checked(both)
    assert "10 of 30 values do not open: 10 older-key" in found[CLOUDBEES, "values-open"]["evidence"]
    assert "6 of 14 values do not open: 6 older-key" in found[OCTOPUS, "values-open"]["evidence"]


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        (("--current", "passkey-old"), {CLOUDBEES: 20, OCTOPUS: 6}),
        (("--current", "octopus:master-old"), {CLOUDBEES: 10, OCTOPUS: 8}),
        (("--current", "passkey-old", "--current", "master-old"), {CLOUDBEES: 20, OCTOPUS: 8}),
        (
            ("--current", "cloudbees-cd:passkey-old", "--current", "octopus:master-old"),
            {CLOUDBEES: 20, OCTOPUS: 8},
        ),
    ],
)  # fmt: skip
def test_a_current_key_for_each(
    both: BothProducts, words: tuple[str, ...], closed: Mapping[str, int]
) -> None:
    """What one is told of one product does not change the other."""
    found, _ = checked(both, *words)
    for product, count in closed.items():
        assert found[product, "values-open"]["evidence"].startswith(f"{count} of ")


def test_no_node_of_the_other_product_in_the_steps(both: BothProducts) -> None:
    """Nobody is sent to stop the wrong server, in either direction."""
    ended = both.run("readiness", *both.words(), "--conf", "heron", "--conf", "cb1")
    text = ended.out.decode()
    upgrade, rotation = text[text.index("The upgrade to 9.2 or later, in order") :].split(
        "A rotation of the master key"
    )
    assert "cb1" in upgrade
    assert "heron" not in upgrade
    assert "heron" in rotation
    assert "cb1" not in rotation
    assert "commanderServer" not in rotation
    assert "Octopus.Server" not in upgrade


def test_two_current_keys_of_one_product_are_refused(both: BothProducts) -> None:
    """There is one; which of the two would be meant, nobody said."""
    ended = both.run(
        "readiness", *both.words(), "--current", "passkey", "--current", "cloudbees-cd:passkey-old"
    )
    assert ended.code == 1
    assert "cannot both be the current key of CloudBees CD" in ended.err


def test_a_file_that_is_named_twice_counts_once(both: BothProducts) -> None:
    """By --key and by --conf, in two spellings of one path: others can read one file."""
    (both.folder / "cb1" / "passkey").chmod(0o644)
    found, _ = checked(both, "--key", str(both.folder / "cb1" / "passkey"), "--key", "cb1/passkey")
    evidence = found[CLOUDBEES, "key-permissions"]["evidence"]
    assert evidence.count("(mode 0644)") == 1
    assert found[OCTOPUS, "key-permissions"]["state"] == "pass"


def states(found: Mapping[tuple[str, str], Mapping[str, str]], id_: str) -> dict[str, str]:
    return {product: row["state"] for (product, each), row in found.items() if each == id_}
