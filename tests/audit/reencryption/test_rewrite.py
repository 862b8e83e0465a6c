"""File stores written anew: proven and kept, or removed."""

import gzip
import hashlib
import random
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.errors import ReencryptionError
from audit.reencryption.plan import Plan
from audit.reencryption.rewrite import Destination, reencrypt_out_of_place, refuse_place
from audit.reencryption.write_and_prove import PlanOutcome
from parsers.errors import StoreError
from parsers.progress import Silent
from parsers.stores.interface import Store
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import file_rewriter
from parsers.stores.store_writer import Blocker, FileRewrite
from reports.errors import OutputError
from tests.audit.reencryption.by_openssl import opened_beside_by_openssl
from tests.audit.reencryption.estate import BESIDE, NEW, OLD, audited, judged, states
from tests.audit.reencryption.memory_store import MemoryStore
from tests.audit.reencryption.test_journal import files_of_at_most
from tests.support.sealing import passwords, seal, stored

KEYS = {"old": OLD, "new": NEW}
TEXTS = passwords(12, random.Random(1))


def export(path: Path) -> Path:
    """Every second of twelve values under the old key."""
    chance = random.Random(2)
    values = [
        seal(BESIDE, (OLD, NEW)[number % 2], text, chance).decode() for number, text in enumerate(TEXTS)
    ]
    body = "".join(
        f"<credential><credentialName>c{number}</credentialName><password>{value}</password></credential>\n"
        for number, value in enumerate(values)
    )
    passkey = hashlib.sha1(OLD).hexdigest()
    path.write_text(
        f'<?xml version="1.0"?>\n<exportedData version="63" passkey="{passkey}">\n'
        f"<project><projectName>P</projectName>\n{body}</project>\n</exportedData>\n"
    )
    return path


def planned(path: Path) -> tuple[Plan, Store, FileRewrite]:
    store = open_store(str(path))
    plan = judged([store], KEYS, "new").plan(audited([store], KEYS, "new"))
    file = file_rewriter(store)
    assert file is not None
    return plan, store, file.locate([each.change for each in plan.planned[str(path)]])


def written(
    path: Path, out: Path, *, harmed: Callable[[FileRewrite], FileRewrite] | None = None
) -> tuple[PlanOutcome, Plan]:
    plan, store, rewriting = planned(path)
    destination = Destination(out, lambda place: open_store(str(place)))
    if harmed:
        rewriting = harmed(rewriting)
    return reencrypt_out_of_place(plan, store, rewriting, destination, Silent()), plan


def values_in(text: str) -> list[bytes]:
    return [each.encode() for each in re.findall("<password>(.*?)</password>", text)]


def test_openssl_opens_every_value_of_the_new_file(tmp_path: Path) -> None:
    """The source stays; nothing but values and the passkey's fingerprint differ; mode 0600."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    before = source.read_bytes()
    done, _ = written(source, out)
    assert done.faults == ()
    assert states(done.plan) == ["re-encrypted", "already"] * 6
    assert (done.proofs[str(source)].proven, done.proofs[str(source)].untouched) == (6, 6)
    assert source.read_bytes() == before
    text = out.read_text()
    for plain, value in zip(TEXTS, values_in(text), strict=True):
        assert opened_beside_by_openssl(NEW, value) == plain
    assert hashlib.sha1(NEW).hexdigest() in text
    blanked = [re.sub('<password>.*?<|passkey="[0-9a-f]*"', "", each) for each in (before.decode(), text)]
    assert blanked[0] == blanked[1]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_the_new_file_is_all_current(tmp_path: Path) -> None:
    """Audited under the new key alone, as the other server would."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    written(source, out)
    run = audited([open_store(str(out))], {"new": NEW}, None)
    assert run.summary.verdicts == {"current": 12}


def test_compressed(tmp_path: Path) -> None:
    """`.gz` behind the name: Python's own reader gives the same file, and the same bytes every time."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml.gz"
    done, _ = written(source, out)
    assert done.faults == ()
    values = values_in(gzip.decompress(out.read_bytes()).decode())
    assert len(values) == 12


@dataclass
class Harmed:
    """A rewriting whose files come out otherwise."""

    rewriting: FileRewrite
    harm: Callable[[bytes], bytes]

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        return self.rewriting.blockers

    def files(self, *, fingerprint: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        for name, pieces in self.rewriting.files(fingerprint=fingerprint):
            yield name, iter([self.harm(b"".join(pieces))])


def of_new_vector(content: bytes) -> bytes:
    """Its last value, which nobody asked for, is sealed once more."""
    last = seal(BESIDE, NEW, TEXTS[-1], random.Random(5))
    at = content.rindex(b"<password>") + len(b"<password>")
    return content[:at] + last + content[content.index(b"<", at) :]


def dropping_one(content: bytes) -> bytes:
    at, end = content.rindex(b"<credential>"), content.rindex(b"</credential>") + len(b"</credential>")
    return content[:at] + content[end:]


def doubling_one(content: bytes) -> bytes:
    at, end = content.rindex(b"<credential>"), content.rindex(b"</credential>") + len(b"</credential>")
    return content[:end] + content[at:end] + content[end:]


def swapping_ours(content: bytes) -> bytes:
    """Two values that were to be written are each at the other's place."""
    first, second = (re.findall(rb"<password>(.*?)</password>", content)[each] for each in (0, 2))
    swapped: bytes = content.replace(first, b"\0").replace(second, first).replace(b"\0", second)
    return swapped


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("harm", [of_new_vector, dropping_one, doubling_one, swapping_ours, cut_off])
def test_what_does_not_prove_right_is_removed(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """Nothing stands there, the states say so, and what still needs the old key is what the source holds."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    done, _ = written(source, out, harmed=lambda rewriting: Harmed(rewriting, harm))
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]
    assert done.faults
    assert states(done.plan) == ["put-back", "already"] * 6
    proof = done.proofs[str(source)]
    assert (proof.proven, proof.untouched) == (0, 12)
    assert {batch.store for batch in done.after} == {str(source)}


def test_a_file_that_cannot_be_opened_again_is_removed(tmp_path: Path) -> None:
    """It is no store any more: that is an error, and nothing stays."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    with pytest.raises(StoreError):
        written(source, out, harmed=lambda rewriting: Harmed(rewriting, lambda content: b""))
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_a_full_disk(tmp_path: Path) -> None:
    """No half file stays."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    plan, store, rewriting = planned(source)
    destination = Destination(out, lambda place: open_store(str(place)))
    with files_of_at_most(100), pytest.raises(OutputError):
        reencrypt_out_of_place(plan, store, rewriting, destination, Silent())
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_a_source_that_changed_meanwhile(tmp_path: Path) -> None:
    """It is another than was planned for: an error, and nothing stays."""
    source, out = export(tmp_path / "a.xml"), tmp_path / "b.xml"
    plan, store, rewriting = planned(source)
    source.write_text(source.read_text().replace("c0", "d0"))
    destination = Destination(out, lambda place: open_store(str(place)))
    with pytest.raises(StoreError):
        reencrypt_out_of_place(plan, store, rewriting, destination, Silent())
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_places_that_are_refused(tmp_path: Path) -> None:
    """The source under any name, whatever stands there already, a folder."""
    source = export(tmp_path / "a.xml")
    store = open_store(str(source))
    hard, soft, other = tmp_path / "hard", tmp_path / "soft", tmp_path / "key"
    hard.hardlink_to(source)
    soft.symlink_to(source)
    other.write_bytes(OLD)
    for place in (source, tmp_path / "." / "a.xml", hard, soft, other, tmp_path):
        with pytest.raises(ReencryptionError):
            refuse_place(store, place)
    assert other.read_bytes() == OLD
    refuse_place(store, tmp_path / "new.xml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReencryptionError, match="is a folder"):
        refuse_place(store, tmp_path / "empty")


def test_a_folder_goes_into_a_new_folder(tmp_path: Path) -> None:
    """A store of many files is not written over a file, nor between others."""
    folder = tmp_path / "migrator"
    folder.mkdir()
    (folder / "metadata.json").write_text("{}")

    store = MemoryStore(stored([]))
    store.label = str(folder)
    there = tmp_path / "file"
    there.write_text("")
    for place in (there, folder):
        with pytest.raises(ReencryptionError):
            refuse_place(store, place)
    empty = tmp_path / "empty"
    empty.mkdir()
    refuse_place(store, empty)
