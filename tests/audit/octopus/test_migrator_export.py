"""Keys from passwords, and the check that an export carries."""

import base64
from typing import Final

import pytest

from audit.octopus.migrator_export import about_passwords
from audit.run.references import keys_from_password, split_use
from parsers.octopus.keys.password import PasswordUse, password_keys
from parsers.secret import Secret
from parsers.stores.interface import PasswordCheck
from tests.support.sealing import candidate

HELLO: Final = PasswordCheck("export", b"QodGbnfU53iwUAt0ayr+og==|AAAAAAAAAAAAAAAAAAAAAA==")
FOREIGN: Final = PasswordCheck("export", b"GAhRGtKfMRXFxHVyYWnoXQ==|AAAAAAAAAAAAAAAAAAAAAA==")
KEY: Final = base64.b64decode("vu7UAJpqh4oQ9RELztA1sQ==")


def test_published_key() -> None:
    """The Migrator's key from `Passw0rd123` is the published one; no fingerprint gives it away."""
    (key,) = password_keys("pw", "migrator password", PasswordUse.MIGRATOR, Secret(b"Passw0rd123"))
    assert key.master_key == Secret(KEY)
    assert key.fingerprint == ""


def test_drops_have_two_keys() -> None:
    """Their length changed with 2025.1: the longer key begins with the shorter one."""
    short, long = password_keys("pw", "drop password", PasswordUse.DROP, Secret(b"Passw0rd123"))
    assert (len(short.content), len(long.content)) == (16, 32)
    assert long.content.reveal().startswith(KEY)
    assert short.label != long.label


@pytest.mark.parametrize("use", PasswordUse)
def test_keys_by_the_prefix(use: PasswordUse) -> None:
    """The prefix of a reference says the use, and without a label the use names the keys."""
    password = Secret(b"Passw0rd123")
    named = f"{use} password"
    assert list(keys_from_password(str(use), "", password)) == password_keys(named, named, use, password)
    assert keys_from_password(str(use), "pw", password)[0].label.startswith("pw")


@pytest.mark.parametrize("reference", ["migrator:env:PW", "drop:/a/b", "migrator:prompt"])
def test_references(reference: str) -> None:
    """A prefix says what the password is for; the rest is any reference."""
    use = split_use(reference)
    assert use is not None
    assert ":".join(use) == reference


@pytest.mark.parametrize("reference", ["env:PW", "migrator:", "migrator", "/migrator:x", "file:x"])
def test_other_references(reference: str) -> None:
    """Nothing else is taken for a password."""
    assert split_use(reference) is None


def test_hello() -> None:
    """The right password is proven, a wrong one is none, and neither says anything of the master key."""
    keys = [candidate("other", bytes(16), master_key=bytes(16)), candidate("pw", KEY, master_key=KEY)]
    (right,) = about_passwords([HELLO], keys)
    assert "'pw'" in right
    assert "proven" in right
    for check, tried in ((HELLO, keys[:1]), (FOREIGN, keys), (HELLO, [])):
        (wrong,) = about_passwords([check], tried)
        assert "no candidate opens" in wrong
