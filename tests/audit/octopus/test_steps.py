"""The order of a rotation, for one estate."""

import base64
from dataclasses import replace

from audit.keys.key_ring import make_key_ring
from audit.octopus.product import OCTOPUS
from audit.octopus.steps import rotation_steps
from audit.readiness.estate import Estate, KeyPlace
from audit.verdict import Verdict
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from tests.audit.readiness.estates import FINE, NEW, OLD, judged, none_given, sound_estate

CONFIG = b"<octopus-settings><set key='Octopus.Storage.MasterKey'>%b</set></octopus-settings>"


def node(label: str, key: bytes) -> KeyPlace:
    content = CONFIG % base64.b64encode(key)
    return KeyPlace(
        label, KeyFile(label, label, Secret(content), Secret(key), "0" * 40, (), form_of=OCTOPUS.id)
    )


def cluster(*nodes: KeyPlace, current: str = "heron") -> Estate:
    files = [place.file for place in nodes]
    ring = make_key_ring(OCTOPUS, files, current_label=current, seen=())
    estate = sound_estate(product=OCTOPUS)
    return replace(estate, ring=ring, key_places=nodes, conf=())


def test_the_estates_own_nodes() -> None:
    """The rotation runs on one node, the key is set on the others, and all are stopped and compared."""
    steps = rotation_steps(cluster(node("heron", OLD), node("wren", OLD), node("robin", OLD)))
    text = "\n".join(steps)
    assert "Stop Octopus on every node (heron, wren, robin)" in text
    assert "On heron alone: Octopus.Server rotate-master-key" in text
    assert "On wren, robin: Octopus.Server set-master-key" in text


def test_the_order() -> None:
    """Back-up and key first, then maintenance, stop, rotate, set, compare, start, and the audit last."""
    steps = rotation_steps(cluster(node("heron", OLD), node("wren", OLD)))
    words = (
        "Keep what it prints",
        "maintenance mode, and wait",
        "service --stop",
        "rotate-master-key",
        "set-master-key",
        "All must print the same",
        "service --start",
        "Audit again",
    )
    places = [next(number for number, step in enumerate(steps) if word in step) for word in words]
    assert places == sorted(places)
    assert "#8111" in steps[-2]
    assert "#9019" in steps[-2]


def test_a_node_that_fell_behind_does_not_rotate() -> None:
    """The rotation runs on a node whose key is in use, whichever was named first."""
    steps = "\n".join(rotation_steps(cluster(node("wren", NEW), node("heron", OLD))))
    assert "On heron alone" in steps
    assert "On wren: Octopus.Server set-master-key" in steps


def test_what_does_not_open_comes_first() -> None:
    """What the key in use does not open is named: a rotation cannot encrypt it again."""
    estate = cluster(node("heron", OLD))
    assert rotation_steps(estate)[0].startswith("Check that every value opens")
    closed = replace(estate, stores=judged(*FINE, Verdict.LOST, Verdict.OLDER_KEY, product=OCTOPUS))
    assert rotation_steps(closed)[0].startswith("Enter again what the key in use does not open: 2 values")


def test_nodes_and_database_may_be_unknown() -> None:
    """Without node's files the steps say so in general; the database of a URL is named."""
    estate = replace(cluster(node("heron", OLD)), key_places=())
    text = "\n".join(rotation_steps(estate))
    assert "On one node alone" in text
    assert "On every other node: Octopus.Server set-master-key" in text
    stores = replace(estate.stores, labels=("mssql+pymssql://sql.example/Octopus",))
    assert "Back up the database (sql.example:1433)" in "\n".join(
        rotation_steps(replace(estate, stores=stores))
    )


def test_only_octopus_rotates() -> None:
    """An estate of CloudBees CD has none of these steps; one that is known by its nodes alone has them."""
    of_cloudbees = sound_estate()
    assert "master-key" not in "\n".join(of_cloudbees.product.readiness.steps(of_cloudbees))
    by_nodes = replace(cluster(node("heron", OLD)), stores=none_given())
    assert by_nodes.product.readiness.steps is rotation_steps
    assert "On heron alone" in "\n".join(rotation_steps(by_nodes))
