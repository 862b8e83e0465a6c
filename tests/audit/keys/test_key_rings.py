"""A ring for each product: which file is whose key, and which key somebody means by a label."""

import base64
from collections.abc import Sequence

import pytest

from audit.cloudbees.product import CLOUDBEES_CD
from audit.errors import KeyRingError
from audit.keys.key_rings import (
    KeyChoice,
    KeyRings,
    labels_of_others,
    make_key_rings,
    refuse_unknown_labels,
    split_product,
)
from audit.octopus.product import OCTOPUS
from audit.product import Product
from parsers.keys.key_file import KeyFile, make_key_file
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

BOTH = (CLOUDBEES_CD, OCTOPUS)
BYTES, MORE = bytes(range(200, 232)), bytes(range(150, 182))
"""No text: a passkey of 256 bits, and never a master key as it is written down."""

MASTER, OTHER_MASTER = base64.b64encode(bytes(range(32))), base64.b64encode(bytes(range(1, 33)))


def file(label: str, content: bytes) -> KeyFile:
    return make_key_file(label, label, Secret(content), path=None)


def named(*files: KeyFile) -> list[FingerprintSeen]:
    """A store of CloudBees CD whose history names these, the last one last."""
    return [
        FingerprintSeen("ec_configuration_history", each.fingerprint, f"2024-01-0{day}")
        for day, each in enumerate(files, 1)
    ]


def rings(
    *files: KeyFile,
    said: Sequence[str] = (),
    seen: Sequence[FingerprintSeen] = (),
    products: Sequence[Product] = BOTH,
) -> KeyRings:
    chosen = [KeyChoice(label, system) for system, label in (split_product(each, BOTH) for each in said)]
    return make_key_rings(products, files, chosen=chosen, seen=seen)


def current(made: KeyRings) -> dict[str, str]:
    """The label of each product's current key, where it has one."""
    found = {system: ring.current for system, ring in made.rings.items()}
    return {system: key.label for system, key in found.items() if key}


def test_a_passkey_is_no_candidate_for_a_master_key() -> None:
    """What holds no master key is tried on no value of Octopus."""
    made = rings(file("passkey", BYTES), file("master", MASTER))
    assert [key.label for key in made.of(OCTOPUS).keys] == ["master"]
    assert [key.label for key in made.of(CLOUDBEES_CD).keys] == ["passkey", "master"]
    assert [key.label for key in made.keys] == ["passkey", "master"]


def test_of_one_product_every_file_is_a_candidate() -> None:
    """As ever: what is no key is said later, value by value."""
    made = rings(file("passkey", BYTES), file("master", MASTER), products=[OCTOPUS])
    assert [key.label for key in made.of(OCTOPUS).keys] == ["passkey", "master"]
    assert made.of(CLOUDBEES_CD).keys == ()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (["passkey"], {"cloudbees-cd": "passkey", "octopus": "master"}),
        (["master"], {"octopus": "master"}),
        (["cloudbees-cd:master"], {"cloudbees-cd": "master", "octopus": "master"}),
        (["passkey", "octopus:master"], {"cloudbees-cd": "passkey", "octopus": "master"}),
        (["octopus:master", "cloudbees-cd:old"], {"cloudbees-cd": "old", "octopus": "master"}),
    ],
)
def test_who_is_current(said: list[str], found: dict[str, str]) -> None:
    """A label means the key of the product whose form it has; said of one, the other's stays what it was."""
    files = file("passkey", BYTES), file("old", MORE), file("master", MASTER)
    assert current(rings(*files, said=said)) == found


def test_a_file_that_the_store_names_is_that_products() -> None:
    """A passkey in base64 looks like a master key: the history in the store says what it is."""
    passkey, master = file("passkey", MASTER), file("master", OTHER_MASTER)
    made = rings(passkey, master, said=["passkey"], seen=named(passkey))
    assert current(made) == {"cloudbees-cd": "passkey"}
    assert current(rings(passkey, master, said=["passkey"])) == {"octopus": "passkey"}


def test_one_label_for_keys_of_both() -> None:
    """Nobody knows which is meant; the product in front says it."""
    files = file("now", BYTES), file("now", MASTER)
    with pytest.raises(KeyRingError, match="'now' may be a key of several products") as refused:
        rings(*files, said=["now"])
    assert refused.value.hint == "say cloudbees-cd:now or octopus:now"
    made = rings(*files, said=["cloudbees-cd:now", "octopus:now"])
    keys = [ring.current for ring in made.rings.values()]
    assert [key.content.reveal() for key in keys if key] == [BYTES, MASTER]


def test_two_current_keys_of_one_product() -> None:
    """There can be only one; the same said twice is no harm."""
    files = file("a", BYTES), file("b", MORE)
    with pytest.raises(KeyRingError, match="'a' and 'b' cannot both be the current key of CloudBees CD"):
        rings(*files, said=["a", "cloudbees-cd:b"], products=[CLOUDBEES_CD])
    assert current(rings(*files, said=["a", "a"], products=[CLOUDBEES_CD])) == {"cloudbees-cd": "a"}


@pytest.mark.parametrize("said", ["octopus:passkey", "nobody", "cloudbees-cd:nobody"])
def test_a_label_that_no_key_of_the_product_has(said: str) -> None:
    """The labels that there are are named."""
    with pytest.raises(KeyRingError, match="no key is labelled") as refused:
        rings(file("passkey", BYTES), file("master", MASTER), said=[said])
    assert refused.value.hint == "labels: passkey, master"


def test_a_product_of_which_nothing_is_there() -> None:
    """Its current key is no key of what was read."""
    with pytest.raises(KeyRingError, match="no values of octopus were read"):
        rings(file("passkey", BYTES), said=["octopus:passkey"], products=[CLOUDBEES_CD])


def test_what_a_product_in_front_is() -> None:
    """Only one that there is; other colons belong to the label."""
    assert split_product("octopus:heron", BOTH) == ("octopus", "heron")
    assert split_product("backup:heron", BOTH) == ("", "backup:heron")
    assert split_product("heron", BOTH) == ("", "heron")


def test_labels_that_mean_other_products() -> None:
    """Those whose every file is taken for another."""
    passkey, master, like_both = file("p", BYTES), file("m", MASTER), file("m", MORE)
    assert labels_of_others(CLOUDBEES_CD, BOTH, [passkey, master], []) == {"m"}
    assert labels_of_others(OCTOPUS, BOTH, [passkey, master], []) == {"p"}
    assert labels_of_others(CLOUDBEES_CD, BOTH, [passkey, master, like_both], []) == frozenset()
    assert labels_of_others(CLOUDBEES_CD, BOTH, [master], named(master)) == frozenset()


def test_unknown_labels_are_refused_at_once() -> None:
    """With a product in front or without, before anything is read."""
    files = [file("passkey", BYTES), file("master", MASTER)]
    refuse_unknown_labels(files, ["passkey", "octopus:master", "cloudbees-cd:passkey"], BOTH)
    for label in ("nobody", "octopus:nobody", "backup:passkey"):
        with pytest.raises(KeyRingError, match="no key is labelled"):
            refuse_unknown_labels(files, [label], BOTH)


def test_no_key_in_words() -> None:
    """Neither rings nor refusals show one."""
    made = rings(file("now", BYTES), file("now", MASTER))
    assert MASTER.decode() not in repr(made) + "".join(made.remarks)
