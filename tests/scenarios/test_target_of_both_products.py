"""One command over the stores of both products: a key is a target for its own product's values alone."""

import base64
import re
import shutil
from pathlib import Path

import pytest

from tests.support.both_products import MASTERS, PASSKEYS, SECRETS, BothProducts
from tests.support.program import Ended

TITLES = {"passkey": "CloudBees CD", "master": "Octopus Deploy"}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> BothProducts:
    """Made and audited; a test that writes takes a copy."""
    made = BothProducts(tmp_path_factory.mktemp("both")).make(history=["passkey-old", "passkey"])
    audited(made)
    return made


@pytest.fixture
def both(tmp_path: Path, once: BothProducts) -> BothProducts:
    shutil.copytree(once.folder, tmp_path, dirs_exist_ok=True)
    return BothProducts(tmp_path)


def audited(both: BothProducts, *words: str) -> None:
    current = ("--current", "passkey", "--current", "octopus:master")
    ended = both.run("audit", *both.words(), *(words or current), "--out", "run", "-q")
    assert ended.code in {0, 10}, ended.err


def reencrypt(both: BothProducts, to: str, *words: str) -> Ended:
    return both.run("reencrypt", "run", *both.words(), "--to", to, *words)


def counted(ended: Ended, state: str) -> int:
    found = re.search(rf"^ +(\d+)  {state}$", ended.out.decode(), re.MULTILINE)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(("to", "old"), [("master", "master-old"), ("passkey", "passkey-old")])
def test_the_other_product_stays_byte_for_byte(both: BothProducts, to: str, old: str) -> None:
    """What an older key of the target's product opens is written; the other product's are not."""
    own, other = (both.octopus, both.commander) if to == "master" else (both.commander, both.octopus)
    (foreign,) = (name for name in TITLES if name != to)
    before = {path: path.read_bytes() for path in (own, other)}
    ended = reencrypt(both, to, "--apply", "--yes")
    assert ended.code == 0, ended.err
    assert counted(ended, "re-encrypted") == SECRETS[old]
    assert counted(ended, "values in all") == SECRETS[to] + SECRETS[old]
    assert other.read_bytes() == before[other]
    assert own.read_bytes() != before[own]
    left = SECRETS[foreign] + SECRETS[f"{foreign}-old"]
    assert (
        f"{left} values of {TITLES[foreign]} are left alone: {to} is not a key of theirs"
        in ended.out.decode()
    )
    both.run("undo", "run/journal.jsonl", *both.words()[:4], "--yes")
    assert {path: path.read_bytes() for path in (own, other)}[other] == before[other]


@pytest.mark.parametrize(("to", "old"), [("master", "master-old"), ("passkey", "passkey-old")])
def test_the_ways_out_are_those_of_the_plan(both: BothProducts, to: str, old: str) -> None:
    """They count the target's product alone, and promise what the plan does, and name no key of the other."""
    ended = reencrypt(both, to)
    said = ended.out.decode() + ended.err
    total = SECRETS[to] + SECRETS[old]
    assert f"restoring {old} would open {SECRETS[old]} of {total} stored secrets" in said
    assert f"re-encrypting makes {SECRETS[old]} more open under {to}: {total} of {total} in all" in said
    assert counted(ended, "to re-encrypt") == SECRETS[old]
    (foreign,) = (name for name in TITLES if name != to)
    assert f"restoring {foreign}" not in said
    assert ("ignorePasskeyMismatch" in said) is (to == "passkey")


@pytest.mark.parametrize(("to", "own", "foreign"), [
    ("master-old", "set-master-key", "conf/passkey"),
    ("passkey-old", "conf/passkey", "set-master-key"),
])  # fmt: skip
def test_the_steps_are_the_products(both: BothProducts, to: str, own: str, foreign: str) -> None:
    """A rotation of one product's key asks nothing of the other's servers."""
    ended = reencrypt(both, to, "--apply", "--yes")
    assert ended.code == 0, ended.err
    assert own in ended.out.decode()
    assert foreign not in ended.out.decode()


def test_the_current_passkey_is_no_master_key(tmp_path: Path) -> None:
    """A passkey of 32 bytes in base64 has the form of a master key, but CloudBees CD's database names it."""
    in_base64 = {name: base64.b64encode(key) for name, key in PASSKEYS.items()}
    both = BothProducts(tmp_path, in_base64).make(history=["passkey-old", "passkey"])
    audited(both, "--current", "octopus:master")
    before = both.octopus.read_bytes()
    ended = reencrypt(both, "passkey", "--apply", "--yes")
    assert ended.code == 0, ended.err
    assert counted(ended, "re-encrypted") == SECRETS["passkey-old"]
    assert both.octopus.read_bytes() == before


def test_a_label_of_two_keys(both: BothProducts) -> None:
    """A passkey and a master key of one label: refused with what to say, and with the product it is taken."""
    stores = both.words()[:4]
    keys = ["--key", "now=passkey", "--key", "now=master", "--key", "passkey-old", "--key", "master-old"]
    refused = both.run("reencrypt", "run", *stores, *keys, "--to", "now")
    assert refused.code == 1
    assert "'now' may be a key of several products" in refused.err
    assert "say cloudbees-cd:now or octopus:now" in refused.err
    before = both.commander.read_bytes()
    taken = both.run("reencrypt", "run", *stores, *keys, "--to", "octopus:now", "--apply", "--yes")
    assert taken.code == 0, taken.err
    assert counted(taken, "re-encrypted") == SECRETS["master-old"]
    assert both.commander.read_bytes() == before
    mirror = both.run("reencrypt", "run", *stores, *keys, "--to", "cloudbees-cd:now")
    assert counted(mirror, "to re-encrypt") == SECRETS["passkey-old"]


@pytest.mark.parametrize(("to", "why"), [
    ("octopus:passkey", "no key is labelled 'passkey'"),
    ("octopus:nobody", "no key is labelled"),
    ("nobody", "no key is labelled 'nobody'"),
])  # fmt: skip
def test_a_key_of_the_other_product_is_refused_by_name(both: BothProducts, to: str, why: str) -> None:
    """A passkey that is no master key is no target for Octopus' values, whatever is said in front of it."""
    ended = reencrypt(both, to)
    assert ended.code == 1
    assert why in ended.err


def test_a_product_of_which_nothing_was_read(both: BothProducts) -> None:
    """With the database of one product alone, a target of the other names nothing."""
    keys = both.words()[4:]
    ended = both.run("reencrypt", "run", "--store", "commander.sqlite", *keys, "--to", "octopus:master")
    assert ended.code == 1
    assert "no values of octopus were read" in ended.err


def test_one_product_after_a_run_over_both(both: BothProducts) -> None:
    """The current key of the product that is left out does not matter."""
    keys = both.words()[4:]
    for store, to, old in (
        ("octopus.sqlite", "master", "master-old"),
        ("commander.sqlite", "passkey", "passkey-old"),
    ):
        ended = both.run("reencrypt", "run", "--store", store, *keys, "--to", to)
        assert counted(ended, "to re-encrypt") == SECRETS[old], ended.err


def test_no_key_is_shown(both: BothProducts) -> None:
    """Neither a key nor its form in the file is printed by any of it."""
    said = [reencrypt(both, to) for to in ("master", "passkey", "octopus:passkey")]
    text = "".join(each.out.decode() + each.err for each in said)
    for key in (*PASSKEYS.values(), *MASTERS.values()):
        assert base64.b64encode(key).decode() not in text
        assert key.hex() not in text
