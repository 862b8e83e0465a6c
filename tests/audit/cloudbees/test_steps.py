"""The order of the upgrade, for one estate."""

from dataclasses import replace

from audit.cloudbees.steps import upgrade_steps
from audit.octopus.product import OCTOPUS
from tests.audit.readiness.estates import none_given, sound_estate

ESTATE = sound_estate()


def test_the_estates_own_names_and_ports() -> None:
    """Nodes, the database's host and its port stand in the steps; the first node is the primary."""
    text = "\n".join(upgrade_steps(ESTATE))
    assert "node1, node2" in text
    assert "On node1, block the database (db.example:3307)" in text
    assert "Upgrade node2." in text


def test_the_firewall_rule_is_deleted() -> None:
    """What is appended is deleted again by the same words; nothing appends ACCEPT."""
    (block,) = (step for step in upgrade_steps(ESTATE) if "iptables -A" in step)
    (undo,) = (step for step in upgrade_steps(ESTATE) if "iptables -D" in step)
    rule = "OUTPUT -p tcp --destination-port 3307 -j DROP"
    assert f"iptables -A {rule}" in block
    assert f"iptables -D {rule}" in undo
    assert "-j ACCEPT" not in "\n".join(upgrade_steps(ESTATE))


def test_the_port_may_come_from_a_store_or_be_unknown() -> None:
    """A database URL among the stores gives host and port, by default the server's own."""
    stores = replace(none_given(), labels=("file.xml", "postgresql+psycopg://pg.example/commander"))
    assert "pg.example:5432" in "\n".join(upgrade_steps(replace(ESTATE, conf=(), stores=stores)))
    unknown = "\n".join(upgrade_steps(replace(ESTATE, conf=())))
    assert "--destination-port <port>" in unknown
    assert "On the primary node, block the database:" in unknown


def test_octopus_has_no_such_upgrade() -> None:
    """The steps are CloudBees CD's, and of another product's estate none of them is said."""
    assert sound_estate().product.readiness.steps is upgrade_steps
    of_octopus = sound_estate(product=OCTOPUS)
    said = of_octopus.product.readiness.steps(of_octopus)
    assert said
    assert not {*said} & {*upgrade_steps(of_octopus)}
    assert "commanderServer" not in "\n".join(said)
