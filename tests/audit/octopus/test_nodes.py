"""Nodes of a cluster by the keys in their configuration files."""

import base64
from pathlib import Path

import pytest

from audit.keys.key_ring import KeyRing, make_key_ring
from audit.octopus.nodes import compare_nodes
from audit.octopus.product import OCTOPUS
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files
from tests.support.octopus import sealed

MACHINE = "0123456789abcdef0123456789abcdef"
NEW, OLD = bytes(range(32)), bytes(range(16))


def node(folder: Path, name: str, master_key: bytes) -> KeyFile:
    """The configuration file of a node on Linux, sealed by openssl, with its machine-id beside it."""
    place = folder / name
    place.mkdir()
    text = f'"{base64.b64encode(master_key).decode()}"'
    value = sealed(MACHINE.encode(), text, b"743677397A244326").partition("|")[0]
    (place / "machine-id").write_text(f"{MACHINE}\n")
    config = place / "Server.linux.config"
    config.write_text(
        f'<octopus-settings><set key="Octopus.Storage.MasterKey">{value}</set></octopus-settings>'
    )
    (file,) = read_key_files(f"{name}={config}")
    assert isinstance(file, KeyFile)
    assert file.master_key is not None
    return file


def ring(files: list[KeyFile], current: str | None) -> KeyRing:
    return make_key_ring(OCTOPUS, files, current_label=current, seen=())


def test_one_fell_behind(tmp_path: Path) -> None:
    """The node whose key is not the current one is named, the others are not."""
    nodes = [node(tmp_path, name, key) for name, key in (("node1", NEW), ("node2", OLD), ("node3", NEW))]
    compared = compare_nodes(nodes, ring(nodes, "node1"))
    (said,) = compared.remarks
    assert "'node2' has fallen behind" in said
    assert "node3" not in said
    assert compared.findings.select("kind", "subject", "source").rows() == [
        ("wrong-master-key", "node2", nodes[1].reference)
    ]


@pytest.mark.parametrize("current", ["node1", "node2"])
def test_all_agree(tmp_path: Path, current: str) -> None:
    """Equal keys in different files are one key: nobody is behind."""
    nodes = [node(tmp_path, name, NEW) for name in ("node1", "node2")]
    assert nodes[0].content == nodes[1].content or nodes[0].fingerprint != nodes[1].fingerprint
    compared = compare_nodes(nodes, ring(nodes, current))
    assert compared.remarks == ["the nodes 'node1', 'node2' have the same master key"]
    assert compared.findings.height == 0


def test_undecided(tmp_path: Path) -> None:
    """Different keys, and nothing says which is current: said, not guessed."""
    nodes = [node(tmp_path, name, key) for name, key in (("node1", NEW), ("node2", OLD))]
    (said,) = compare_nodes(nodes, ring(nodes, None)).remarks
    assert "--current" in said


def test_keys_that_are_no_nodes(tmp_path: Path) -> None:
    """What `show-master-key` printed says nothing of a node: an old key may well be a candidate."""
    files = []
    for name, key in (("new", NEW), ("old", OLD)):
        path = tmp_path / name
        path.write_bytes(base64.b64encode(key))
        files += [each for each in read_key_files(str(path)) if isinstance(each, KeyFile)]
    assert compare_nodes(files, ring(files, "new")).remarks == []
    behind = node(tmp_path, "node2", OLD)
    (said,) = compare_nodes([*files, behind], ring([*files, behind], "new")).remarks
    assert "'node2' has fallen behind" in said
