"""database.properties, written anew with its password under the target key."""

import random
import stat
from pathlib import Path

import pytest

from audit.cloudbees.database_password import open_database_password
from audit.cloudbees.properties_file import rekeyed_properties
from audit.errors import ReencryptionError
from audit.keys.key_ring import KeyRing
from audit.layouts.user_supplied import NOTHING_SUPPLIED
from audit.ownership.owners import Owners
from audit.product import RekeyedFile
from audit.reencryption.session import SessionRequest, plan_session
from audit.run.run_audit import Request, run_audit
from parsers.cloudbees.database_properties import read_database_properties
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files
from parsers.logs.reading import LogReading
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.stores.open import open_store
from tests.audit.reencryption.estate import FOREIGN, GCM, NEW, OLD
from tests.support.both_products import MASTERS, PASSKEYS, BothProducts
from tests.support.sealing import candidate, ring_of, seal

PLAIN = b"commander-db!"
RING: KeyRing = ring_of(candidate("old", OLD, current=True), candidate("new", NEW))


def file(path: Path, key: bytes | None) -> Path:
    value = seal(GCM, key, PLAIN, random.Random(1)).decode() if key else "in clear"
    escaped = value.replace("=", "\\=").replace(":", "\\:")
    path.write_bytes(
        b"# kept\r\nCOMMANDER_DB_TYPE=mysql\r\nCOMMANDER_DB_HOST=db\r\nCOMMANDER_DB_USER=cd\r\n"
        b"COMMANDER_DB_PASSWORD=" + escaped.encode() + b"\r\nCOMMANDER_DB_NAME=commander\r\n"
    )
    return path


def rekeyed(paths: list[Path], out: Path | None) -> RekeyedFile | None:
    return rekeyed_properties(paths, RING, RING.keys[1], out)


def test_only_the_password_changes(tmp_path: Path) -> None:
    """Written with mode 0600 where it was asked for; the file that is there stays, every other byte too."""
    path, out = file(tmp_path / "database.properties", OLD), tmp_path / "new.properties"
    before = path.read_bytes()
    new = rekeyed([path], out)
    assert new is not None
    assert not out.exists()
    new.write()
    assert path.read_bytes() == before
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    password = read_database_properties(out).password
    assert password is not None
    assert open_database_password(password, RING.keys[1:]) == Secret(PLAIN)
    lines = [
        [line for line in content.split(b"\r\n") if b"PASSWORD" not in line]
        for content in (before, out.read_bytes())
    ]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("key", [None, NEW])
def test_nothing_to_do(tmp_path: Path, key: bytes | None) -> None:
    """In clear, or under the target already: no place is asked for."""
    assert rekeyed([file(tmp_path / "database.properties", key)], None) is None
    assert rekeyed([], None) is None


def test_it_needs_a_place(tmp_path: Path) -> None:
    """None was named, the file itself was, or something stands there: nothing is overwritten."""
    path = file(tmp_path / "database.properties", OLD)
    key = tmp_path / "passkey"
    key.write_bytes(OLD)
    link = tmp_path / "link"
    link.symlink_to(path)
    for out in (None, path, link, key):
        with pytest.raises(ReencryptionError):
            rekeyed([path], out)
    assert key.read_bytes() == OLD


def test_several_files(tmp_path: Path) -> None:
    """One place takes one file; those that need nothing do not count."""
    paths = [file(tmp_path / name, OLD) for name in ("a", "b")]
    with pytest.raises(ReencryptionError, match="several files"):
        rekeyed(paths, tmp_path / "out")
    new = rekeyed([file(tmp_path / "c", NEW), paths[0]], tmp_path / "out")
    assert new is not None
    assert new.out == tmp_path / "out"


def test_one_that_nothing_opens(tmp_path: Path) -> None:
    """Neither its password nor ciphertext is in the error."""
    path = file(tmp_path / "database.properties", FOREIGN)
    with pytest.raises(ReencryptionError, match="none of the candidate keys"):
        rekeyed([path], tmp_path / "out")


def test_nothing_secret_in_a_repr(tmp_path: Path) -> None:
    """The new file's content stays out of it."""
    new = rekeyed([file(tmp_path / "database.properties", OLD)], tmp_path / "out")
    assert new is not None
    assert "COMMANDER" not in repr(new)


@pytest.mark.parametrize(("to", "is_rekeyed"), [("passkey", True), ("master", False)])
def test_the_file_belongs_to_its_product(tmp_path: Path, to: str, is_rekeyed: bool) -> None:
    """Of stores of both products: under a master key it is left alone, and is no error."""
    both = BothProducts(tmp_path).make(history=["passkey-old", "passkey"])
    keys = [each for name in (*PASSKEYS, *MASTERS) for each in read_key_files(str(tmp_path / name))]
    files = [each for each in keys if isinstance(each, KeyFile)]
    stores = [open_store(str(path)) for path in (both.commander, both.octopus)]
    request = Request(
        read_logs=lambda: LogReading((), (), (), (), (), ()),
        stores=stores,
        keys=files,
        current=["passkey", "master"],
        owners=Owners(()),
    )
    run = run_audit(request, Silent()).run
    session = plan_session(SessionRequest(run, stores, files, to, NOTHING_SUPPLIED), Silent())
    path = file(tmp_path / "database.properties", PASSKEYS["passkey-old"])
    connection, ring, target = session.ring.product.connection, session.ring, session.plan.target
    new = connection.rekeyed([path], ring, target, tmp_path / "new.properties", ()) if connection else None
    assert (new is not None) is is_rekeyed
