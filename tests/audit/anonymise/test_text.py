"""Pieces of text without names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.anonymise.patterns import anonymous_location, anonymous_path, found_by_form
from audit.anonymise.pseudonyms import KnownNames, Pseudonyms, Replacement, replaced


def names(**kinds: str) -> Pseudonyms:
    pseudonyms = Pseudonyms()
    for name, kind in kinds.items():
        pseudonyms.of(name, kind)
    return pseudonyms


def by_form(text: str) -> str:
    pseudonyms = Pseudonyms()
    known = KnownNames(pseudonyms)
    return replaced(
        text, found_by_form(text, pseudonyms, lambda path: anonymous_path(path, known, pseudonyms))
    )


def test_the_same_name_has_the_same_pseudonym() -> None:
    """Whatever its case, and whatever it is met as the second time."""
    pseudonyms = Pseudonyms()
    assert [pseudonyms.of(name, "node") for name in ("Kestrel", "KESTREL", "merlin", "")] == [
        "node-1",
        "node-1",
        "node-2",
        "",
    ]
    assert pseudonyms.of("kestrel", "user") == "node-1"
    assert pseudonyms.of("passkey", "key") == "passkey"  # names nobody


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at db-1 and DB-1.", "at name-1 and name-1."),
        ("adb-1 db-12 db-1_x", "adb-1 db-12 db-1_x"),
        ("db-1-prod or db-1", "name-2 or name-1"),
        ("Ömer's ÖMER; İ ömer", "name-3's name-3; İ name-3"),
        ("x, 42", "x, 42"),  # too short, and no name
    ],
)
def test_known_names_in_text(text: str, expected: str) -> None:
    """Whole words, the longest one, in either case."""
    pseudonyms = Pseudonyms()
    for name in ("db-1", "db-1-prod", "Ömer", "x", "42"):
        pseudonyms.of(name, "name")
    assert replaced(text, KnownNames(pseudonyms).found(text)) == expected


@given(st.text(alphabet="ab- İß", max_size=30), st.lists(st.text(alphabet="abAB-İß", min_size=2, max_size=4)))
def test_no_known_word_is_left(text: str, known: list[str]) -> None:
    """Of space-separated words none that is a known name is left."""
    pseudonyms = Pseudonyms()
    for name in known:
        pseudonyms.of(name, "N")
    done = replaced(text, KnownNames(pseudonyms).found(text))
    assert not set(done.split(" ")) & set(known)


def test_replacements_do_not_overlap() -> None:
    """The leftmost counts, then the longest, then the first."""
    spans = [Replacement(2, 4, "C"), Replacement(0, 2, "A"), Replacement(0, 3, "B"), Replacement(0, 3, "X")]
    assert replaced("abcdef", spans) == "Bdef"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail to jane.doe@acme.com now", "mail to mail-1 now"),
        ("from 10.1.2.3 and 10.1.2.3, not 5.0.1.73229", "from address-1 and address-1, not 5.0.1.73229"),
        ("::1 fe80::1%eth0", "address-1 address-2%eth0"),
        ("at 13:25:42.317 | 2019-09-05T13:25:42.317", "at 13:25:42.317 | 2019-09-05T13:25:42.317"),
        ("jdbc:mysql://db.acme.corp:3306/commander", "jdbc:mysql://host-1/commander"),
        ("host cd1.acme.com is down.", "host host-1 is down."),
        ("java.security.GeneralSecurityException: x", "java.security.GeneralSecurityException: x"),
        (
            "\tat com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)",
            "\tat com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)",
        ),
        ("read /opt/acme/secrets/passkey", "read /opt/part-1/part-2/passkey"),
        (r"read C:\ProgramData\Acme\conf", r"read C:\ProgramData\part-1\conf"),
        (r"\\filer7\share", r"\\host-1\share"),
        ("Couldn't read 'payroll'; can't", "Couldn't read 'value-1'; can't"),
        ('in project "Payroll" of user=jdoe', 'in project "value-1" of user=value-2'),
        ("credential[name=payroll-db,id=10]", "credential[name=value-1,id=10]"),
        ("fingerprint ('" + "a1" * 20 + "') stored", "fingerprint ('" + "a1" * 20 + "') stored"),
    ],
)
def test_what_identifies_by_its_form(text: str, expected: str) -> None:
    """Addresses, hosts, paths, quoted and named values go; times, versions, classes and frames stay."""
    assert by_form(text) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/projects/Pay Roll/credentials/db", "/projects/project-1/credentials/name-1"),
        ("/plugins/EC-Acme-1.0/project/credentials/db", "/plugins/EC-part-1-1.0/project/credentials/name-1"),
        ("/users/unseen", "/users/part-1"),
        ("variableset-Projects-1/Variables[db].Value", "variableset-Projects-1/Variables[name-1].Value"),
        ("accounts-acme-prod/Password", "document-1/Password"),
        ("certificate-7/Data[0]", "certificate-7/Data[0]"),
    ],
)
def test_locations(location: str, expected: str) -> None:
    """The product's own parts of a location stay, names do not."""
    pseudonyms = names(**{"Pay Roll": "project", "db": "name"})
    assert anonymous_location(location, KnownNames(pseudonyms), pseudonyms) == expected


def test_paths() -> None:
    """Members of archives keep their shape."""
    pseudonyms = names(**{"cd-kestrel": "node"})
    path = "/home/jdoe/acme.zip!/servers/cd-kestrel/commander-cd-kestrel.log.1"
    expected = "/part-1/part-2/part-3.zip!/servers/node-1/commander-node-1.log.1"
    assert anonymous_path(path, KnownNames(pseudonyms), pseudonyms) == expected


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a-", "1.", ":", "a:", "/a", "/", "'", "'a", "aName", "@", "\\", "C:\\a"]
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    """Text that repeats what a pattern begins with takes time in proportion to its length."""
    short, long = (min(taken(piece * count) for _ in range(3)) for count in (4_000, 16_000))
    assert long < 0.05 + 10 * short


def taken(text: str) -> float:
    start = time.perf_counter()
    by_form(text)
    return time.perf_counter() - start
