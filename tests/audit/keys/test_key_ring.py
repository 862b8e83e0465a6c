import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.cloudbees.product import CLOUDBEES_CD
from audit.errors import KeyRingError
from audit.keys.key_ring import KeyRing, make_key_ring
from audit.octopus.product import OCTOPUS
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen

OLD, NEW, OTHER = b"o" * 16, b"n" * 32, b"x" * 32
HISTORY = "ec_configuration_history"
EXPORT = "export.xml passkey attribute"


def file(
    label: str, content: bytes, *, master_key: bytes | None = None, remarks: tuple[str, ...] = ()
) -> KeyFile:
    master = None if master_key is None else Secret(master_key)
    form_of = "" if master_key is None else "octopus"
    return KeyFile(label, f"keys/{label}", Secret(content), master, sha1(content), remarks, form_of=form_of)


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def ring(*files: KeyFile, current: str | None = None, seen: tuple[FingerprintSeen, ...] = ()) -> KeyRing:
    return make_key_ring(CLOUDBEES_CD, files, current_label=current, seen=seen)


def current(made: KeyRing) -> str:
    return made.current.label if made.current else ""


def test_the_user_says_which_key_is_current() -> None:
    """`--current` wins over what the store says."""
    made = ring(
        file("old", OLD), file("new", NEW), current="old", seen=(FingerprintSeen(HISTORY, sha1(NEW), ""),)
    )
    assert current(made) == "old"
    assert [key.current for key in made.keys] == [True, False]


def test_an_unknown_label_is_refused() -> None:
    """A label that no key has is an error that lists those that there are."""
    with pytest.raises(KeyRingError, match="nwe") as error:
        ring(file("old", OLD), file("new", NEW), current="nwe")
    assert error.value.hint == "labels: old, new"


def test_an_alias_may_be_current() -> None:
    """The label of a double names the key as well."""
    made = ring(file("new", NEW), file("node2", NEW), current="node2")
    assert (current(made), made.keys[0].aliases) == ("new", ("node2",))


def test_the_newest_of_the_history_is_current() -> None:
    """Without `--current` the newest date in the history decides, and the ring says so."""
    seen = (
        FingerprintSeen(HISTORY, sha1(NEW).upper(), "2021-03-04 05:06:07"),
        FingerprintSeen(HISTORY, sha1(OLD), "2021-03-04 05:06:06"),
        FingerprintSeen(EXPORT, sha1(OTHER), "2024-01-01"),
    )
    made = ring(file("old", OLD), file("new", NEW), file("other", OTHER), seen=seen)
    assert current(made) == "new"
    assert any("2021-03-04T05:06:07" in remark and "'new'" in remark for remark in made.remarks)


def test_an_export_decides_where_there_is_no_history() -> None:
    """The `passkey` attribute of an export stands in for a missing history."""
    made = ring(file("old", OLD), file("new", NEW), seen=(FingerprintSeen(EXPORT, sha1(OLD), ""),))
    assert current(made) == "old"


def test_no_candidate_has_the_named_fingerprint() -> None:
    """An older row never stands in for the newest, nor does a lone candidate: there is no current key."""
    seen = (FingerprintSeen(HISTORY, sha1(OTHER), "2022"), FingerprintSeen(HISTORY, sha1(OLD), "2021"))
    made = ring(file("old", OLD), seen=seen)
    assert made.current is None
    assert any(sha1(OTHER) in remark for remark in made.remarks)


def test_exports_that_disagree_decide_nothing() -> None:
    """Two undated exports with two fingerprints leave the current key open."""
    seen = (FingerprintSeen("a.xml", sha1(OLD), ""), FingerprintSeen("b.xml", sha1(NEW), ""))
    made = ring(file("old", OLD), file("new", NEW), seen=seen)
    assert made.current is None
    assert "several fingerprints" in made.remarks[-1]


def test_a_key_that_stands_alone() -> None:
    """A single key is current where no store names any; of two, none is."""
    assert current(ring(file("only", OLD))) == "only"
    assert ring(file("old", OLD), file("new", NEW)).current is None
    assert ring().current is None


def test_a_taken_label_is_changed() -> None:
    """Two different keys of one name stay apart, and the ring says what the second is called."""
    made = ring(file("passkey", OLD), file("passkey", NEW), file("passkey", OLD))
    assert [key.label for key in made.keys] == ["passkey", "passkey (2)"]
    assert made.keys[0].aliases == ()
    assert any("'passkey (2)'" in remark for remark in made.remarks)


def test_one_master_key_in_two_forms() -> None:
    """Files around the same master key are doubles for Octopus, and two keys for CloudBees CD."""
    files = [file("bare", b"AAAA", master_key=OLD), file("json", b"{}", master_key=OLD)]
    octopus = make_key_ring(OCTOPUS, files, current_label=None, seen=())
    assert [(key.label, key.aliases, key.bits) for key in octopus.keys] == [("bare", ("json",), 128)]
    assert len(ring(*files).keys) == 2


@pytest.mark.parametrize(
    ("content", "bits"),
    [(OLD, 128), (b"k" * 24, 192), (NEW, 256), (b"61" * 32, 256), (b"k" * 16 + b"\n", 128), (b"k" * 20, 0)],
)
def test_bits(content: bytes, bits: int) -> None:
    """The length is that of the raw bytes, else of what they stand for, else 0."""
    assert ring(file("key", content)).keys[0].bits == bits


def test_the_remarks_of_a_double_say_whose_they_are() -> None:
    """What is unusual about a merged file is kept, under its label."""
    made = ring(file("a", OLD), file("b", OLD, remarks=("a symbolic link",)))
    assert made.keys[0].remarks == ("b: a symbolic link",)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([OLD, NEW, OTHER]))))
def test_labels_are_distinct_and_contents_too(given_files: list[tuple[str, bytes]]) -> None:
    """Whatever is given: each content once, every label and alias leads to exactly one key."""
    made = ring(*(file(label, content) for label, content in given_files))
    labels = [label for key in made.keys for label in (key.label, *key.aliases)]
    assert len(set(labels)) == len(labels)
    assert [key.content.reveal() for key in made.keys] == list(
        dict.fromkeys(content for _, content in given_files)
    )
    assert all(made.find(label) is not None for label in labels)
    assert "oooo" not in repr(made)


def test_a_file_that_can_be_no_key_is_not_current() -> None:
    """A note that stands alone is not the server's key; of several files the only possible one is."""
    note = file("note", b"this is not a key, but forty-four bytes long")
    assert ring(note).current is None
    assert "no file given can be a key" in ring(note).remarks[-1]
    assert current(ring(note, file("key", NEW))) == "key"
    assert current(ring(note, current="note")) == "note"
    seen = (FingerprintSeen(HISTORY, sha1(b"x" * 40), "2021"),)
    assert current(ring(file("odd", b"x" * 40), seen=seen)) == "odd"


@pytest.mark.parametrize(
    "copy",
    [NEW + b"\n", NEW + b"\r\n", NEW.hex().encode(), base64.b64encode(NEW), b"passkey=" + NEW.hex().encode()],
)
def test_two_files_of_one_key(copy: bytes) -> None:
    """A raw key and the same in another form are one key, both current, counted under the chosen one."""
    for label in ("server", "backup"):
        made = ring(file("backup", copy), file("server", NEW), file("old", OLD), current=label)
        assert [key.current for key in made.keys] == [True, True, False]
        assert current(made) == label
        assert {made.opens_as(key).label for key in made.keys} == {label, "old"}
        assert any("'backup' and 'server' hold one key" in remark for remark in made.remarks)
    alone = ring(file("backup", copy), file("server", NEW))
    assert [key.current for key in alone.keys] == [True, True]


def test_keys_of_their_own_are_no_twins() -> None:
    """Different keys stay apart, in whatever form each is written."""
    made = ring(file("a", NEW), file("b", OTHER), file("c", OLD + b"\n"), current="a")
    assert [key.twins for key in made.keys] == [(), (), ()]
    assert [key.current for key in made.keys] == [True, False, False]


@pytest.mark.parametrize("copy", [NEW + b"\n", base64.b64encode(NEW) + b"\n", NEW.hex().encode()])
def test_a_changed_copy_is_the_key_that_is_named(copy: bytes) -> None:
    """A file that had the named fingerprint before it was changed is current, with what to do."""
    seen = (FingerprintSeen(HISTORY, sha1(NEW), "2022"), FingerprintSeen(HISTORY, sha1(OLD), "2021"))
    made = ring(file("copy", copy), file("old", OLD), seen=seen)
    assert current(made) == "copy"
    (cure,) = [remark for remark in made.remarks if "make a copy of it" in remark]
    assert sha1(NEW) in cure
    assert "with 'copy' for FILE" in cure
    exact = ring(file("copy", copy), file("server", NEW), seen=seen)
    assert current(exact) == "server"
    assert not any("make a copy of it" in remark for remark in exact.remarks)


def test_unlikely_files_are_tried_by_fingerprint_alone() -> None:
    """A file of a large tree that can be no key is a candidate only where a store or a log names it."""
    odd = replace(file("tree/odd", b"x" * 40), likely=False)
    assert ring(odd).keys == ()
    stamp = FingerprintSeen(EXPORT, sha1(b"x" * 40), "")
    assert current(ring(odd, seen=(stamp,))) == "tree/odd"
    logged = make_key_ring(CLOUDBEES_CD, [odd], current_label=None, seen=(), logged=(stamp,))
    assert [key.label for key in logged.keys] == ["tree/odd"]
    assert logged.current is None
