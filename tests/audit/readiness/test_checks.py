"""What every check must hold to, and what each looks at."""

from dataclasses import replace

import pytest

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import make_key_ring
from audit.octopus.product import OCTOPUS
from audit.readiness.check import CheckState
from audit.readiness.checks import check_ids, make_checks
from audit.readiness.estate import Estate, FileMode, KeyPlace
from audit.verdict import Verdict
from parsers.keys.key_file import make_key_file
from parsers.secret import Secret
from tests.audit.readiness.estates import (
    FINE,
    NEW,
    OTHER,
    UNREAD,
    conf_folder,
    history,
    judged,
    key_file,
    none_given,
    sealed_password,
    sound_estate,
    stamp,
)

SOUND = sound_estate()
NO_CURRENT = replace(
    SOUND,
    ring=make_key_ring(CLOUDBEES_CD, [key_file("a"), key_file("b", OTHER)], current_label=None, seen=()),
)

FAILING: dict[str, list[Estate]] = {
    "values-open": [
        replace(SOUND, stores=judged(*FINE, verdict))
        for verdict in (Verdict.OLDER_KEY, Verdict.LOST, Verdict.DAMAGED, Verdict.PLAIN_TEXT)
    ],
    "one-key": [
        replace(SOUND, key_places=(*SOUND.key_places, KeyPlace("node3/passkey", key_file("x", OTHER)))),
        replace(SOUND, stores=judged(*FINE, fingerprints=[history(OTHER, "2022-01-01"), history()])),
        replace(SOUND, stores=judged(*FINE, fingerprints=[stamp(OTHER)])),
        replace(SOUND, stores=judged(*FINE, fingerprints=[stamp(OTHER)]), unread_keys=(UNREAD,)),
    ],
    "older-key-in-place": [
        replace(SOUND, conf=(SOUND.conf[0], conf_folder("node2", key=NEW))),
        replace(SOUND, conf=(conf_folder("node1", key=OTHER), conf_folder("node2", key=None))),
    ],
    "database-password": [
        replace(SOUND, conf=(SOUND.conf[0], conf_folder("node2", password=sealed_password(OTHER)))),
        replace(SOUND, conf=(conf_folder("node1", password=sealed_password(NEW)),)),
    ],
    "old-files": [
        replace(SOUND, conf=(SOUND.conf[0], conf_folder("node2", left_over=("a.properties.old",)))),
    ],
    "key-permissions": [
        replace(SOUND, key_modes=(FileMode("a", 0o640), FileMode("b", 0o600))),
        replace(SOUND, key_modes=(FileMode("a", 0o604), FileMode("b", None))),
    ],
    "backup-tested": [
        replace(SOUND, backup=judged(*FINE[:-1], Verdict.LOST)),
        replace(SOUND, backup=judged(*FINE[:-1])),  # one credential is not in it
    ],
    "imports": [
        replace(SOUND, imports=judged(Verdict.CURRENT, fingerprints=[stamp(OTHER)])),
        replace(SOUND, imports=judged(Verdict.LOST, fingerprints=[stamp()])),
    ],
}

UNKNOWN: dict[str, list[Estate]] = {
    "values-open": [
        replace(SOUND, stores=judged()),
        replace(SOUND, stores=judged(*FINE, unread=(UNREAD,))),
        replace(SOUND, stores=judged(*FINE, Verdict.UNKNOWN)),
        replace(SOUND, stores=judged(*FINE, Verdict.AMBIGUOUS)),
        NO_CURRENT,
    ],
    "one-key": [
        replace(SOUND, key_places=(), stores=judged(*FINE)),
        replace(SOUND, key_places=SOUND.key_places[:1], stores=judged(*FINE)),
        replace(SOUND, unread_keys=(UNREAD,)),
        replace(SOUND, conf=(conf_folder("node1", unread=(UNREAD,)),)),
    ],
    "older-key-in-place": [
        NO_CURRENT,
        replace(SOUND, conf=()),
        replace(SOUND, conf=(SOUND.conf[0], conf_folder("node2", key=None))),
        replace(
            SOUND,
            ring=make_key_ring(CLOUDBEES_CD, [key_file("odd", b"no key")], current_label="odd", seen=()),
        ),
    ],
    "database-password": [
        replace(SOUND, conf=()),
        replace(SOUND, conf=(replace(SOUND.conf[0], database=None),)),
        replace(NO_CURRENT, conf=SOUND.conf),
    ],
    "old-files": [
        replace(SOUND, conf=()),
        replace(SOUND, conf=(conf_folder("node1", listed=False, unread=(UNREAD,)),)),
    ],
    "key-permissions": [
        replace(SOUND, key_modes=()),
        replace(SOUND, key_modes=(FileMode("a", None),)),
    ],
    "backup-tested": [
        replace(SOUND, backup=none_given()),
        replace(SOUND, backup=judged(*FINE, unread=(UNREAD,))),
        replace(SOUND, backup=judged(unread=(UNREAD,))),
    ],
    "imports": [
        replace(SOUND, imports=none_given()),
        replace(SOUND, imports=judged(Verdict.CURRENT, unread=(UNREAD,))),
        replace(NO_CURRENT, imports=judged(Verdict.CURRENT, fingerprints=[stamp(OTHER)])),
    ],
}

CASES = [
    (id_, state, estate)
    for state, estates in ((CheckState.FAIL, FAILING), (CheckState.UNKNOWN, UNKNOWN))
    for id_, several in estates.items()
    for estate in several
]


def test_every_check_can_come_out_each_way() -> None:
    """There are estates below in which each check fails, and in which it is unknown; in order, all pass."""
    ids = [rule.about.id for rule in CLOUDBEES_CD.readiness.rules]
    assert len(ids) == len(set(ids))
    assert check_ids() == ids
    assert set(FAILING) == set(UNKNOWN) == set(ids)
    assert {check.id: (check.state, check.what_to_do) for check in make_checks([SOUND])} == dict.fromkeys(
        ids, (CheckState.PASS, "")
    )


@pytest.mark.parametrize(("id_", "state", "estate"), CASES)
def test_one_thing_out_of_order(id_: str, state: CheckState, estate: Estate) -> None:
    """The check says so, with evidence and something to do."""
    (check,) = (check for check in make_checks([estate]) if check.id == id_)
    assert check.state is state, check
    assert check.evidence
    assert check.what_to_do
    assert check.title == next(
        rule.about.title for rule in estate.product.readiness.rules if rule.about.id == id_
    )


def test_an_estate_of_which_nothing_is_known() -> None:
    """Without any input nothing passes and nothing fails."""
    nothing = Estate(
        product=CLOUDBEES_CD,
        ring=make_key_ring(CLOUDBEES_CD, [], current_label=None, seen=()),
        stores=none_given(),
        imports=none_given(),
        backup=none_given(),
        key_places=(),
        key_modes=(),
        conf=(),
        unread_keys=(),
    )
    assert {check.state for check in make_checks([nothing])} == {CheckState.UNKNOWN}
    assert len(make_checks([nothing])) == len(CLOUDBEES_CD.readiness.rules)


def test_after_the_upgrade() -> None:
    """With a current passkey of 256 bits the upgrade is behind the server; everything passes."""
    assert {check.state for check in make_checks([sound_estate(current=NEW)])} == {CheckState.PASS}


def test_a_password_in_plain_text_or_none() -> None:
    """The server encrypts a plain one at its next start, and one that is not stored cannot fail to open."""
    conf = (conf_folder("node1", password=Secret(b"still in clear")), conf_folder("node2"))
    (check,) = (
        check for check in make_checks([replace(SOUND, conf=conf)]) if check.id == "database-password"
    )
    assert check.state is CheckState.PASS
    assert "in clear" not in check.evidence


def test_long_lists_are_cut() -> None:
    """A folder of old backups may hold hundreds of key files: evidence names some, and counts the others."""
    modes = tuple(FileMode(f"/backup/{n}", 0o644) for n in range(500))
    (check,) = (c for c in make_checks([replace(SOUND, key_modes=modes)]) if c.id == "key-permissions")
    assert check.evidence.endswith("/backup/9 (mode 0644) and 490 more")


def test_no_key_is_shown() -> None:
    """No check of any estate shows a key, a password or ciphertext."""
    told = repr([make_checks([estate]) for _, _, estate in CASES])
    for secret in (NEW.hex(), OTHER.hex(), "commander-db", sealed_password().reveal().decode()):
        assert secret not in told


def octopus(*nodes: tuple[str, bytes]) -> Estate:
    files = [make_key_file(label, label, Secret(content), path=None) for label, content in nodes]
    return replace(
        sound_estate(product=OCTOPUS),
        ring=make_key_ring(OCTOPUS, files, current_label=nodes[0][0], seen=()),
        key_places=tuple(KeyPlace(file.label, file) for file in files),
        conf=(),
    )


def one_key_state(estate: Estate) -> tuple[CheckState, str]:
    (check,) = (check for check in make_checks([estate]) if check.id == "one-key")
    return check.state, check.evidence


def test_octopus_nodes_are_compared_by_master_key() -> None:
    """Whatever stands around it, the master key counts; what is CloudBees CD's alone is not asked."""
    bare = b"AAECAwQFBgcICQoLDA0ODw=="
    as_json = b'{"MasterKey":"AAECAwQFBgcICQoLDA0ODw=="}'
    alike = octopus(("node1", bare), ("node2", as_json))
    assert one_key_state(alike) == (CheckState.PASS, "key 'node1' in node1, node2")
    assert {check.id for check in make_checks([alike])} == {
        "values-open",
        "one-key",
        "key-permissions",
        "backup-tested",
        "imports",
    }
    other = octopus(("node1", bare), ("node2", b"EBESExQVFhcYGRobHB0eHw=="))
    assert one_key_state(other)[0] is CheckState.FAIL
