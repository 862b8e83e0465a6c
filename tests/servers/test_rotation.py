"""A rotation to a new passkey, on a live database that database.properties names."""

import base64
import random
import socket
import subprocess
from pathlib import Path

import pytest

from tests.servers.mariadb import networked_mariadb
from tests.support.program import passkey_audit
from tests.support.programs import need
from tests.support.rekeying import LAYOUT, NEW, Rekeying, stored
from tests.support.sealing import seal

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("re-encryption")]

DATABASE_PASSWORD = b"correct horse battery staple, and more"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_to_a_new_passkey(tmp_path: Path) -> None:
    """Every value opens under the new passkey, for openssl too, and so does the database's own password."""
    port = free_port()
    with networked_mariadb(port) as server:
        server.run(
            "CREATE DATABASE commander",
            f"CREATE USER cd@'127.0.0.1' IDENTIFIED BY '{DATABASE_PASSWORD.decode()}'",
            "GRANT ALL ON commander.* TO cd@'127.0.0.1'",
        )
        engine = server.engine("commander")
        estate = Rekeying(tmp_path, "", lost=False)
        estate.make(engine)
        server.run(
            "CREATE TABLE ec_configuration_history (passkey_fingreprint VARCHAR(40), last_use_date DATETIME)",
            f"INSERT INTO ec_configuration_history VALUES ('{estate.fingerprint('new')}', '2026-01-02')",
            database="commander",
        )
        properties = tmp_path / "database.properties"
        sealed = seal(LAYOUT, NEW, DATABASE_PASSWORD, random.Random(3)).decode().replace("=", "\\=")
        properties.write_text(
            "# as the server writes it\nCOMMANDER_DB_TYPE=mariadb\nCOMMANDER_DB_HOST=127.0.0.1\n"
            f"COMMANDER_DB_PORT={port}\nCOMMANDER_DB_NAME=commander\nCOMMANDER_DB_USER=cd\n"
            f"COMMANDER_DB_PASSWORD={sealed}\n"
        )
        keys = [word for key in estate.keys for word in ("--key", key)]
        place = ("--database-properties", properties)
        assert passkey_audit("audit", *place, *keys, "--out", estate.run, "-q").code == 10
        assert passkey_audit("key", "new", tmp_path / "next", "--like", tmp_path / "new").code == 0
        words: list[str | Path] = [
            "reencrypt",
            estate.run,
            *place,
            *keys,
            "--key",
            f"next={tmp_path / 'next'}",
            "--to",
            "next",
        ]
        without = passkey_audit(*words, "--apply", "--yes")
        assert without.code == 1
        assert "--out" in without.err
        ended = passkey_audit(*words, "--apply", "--yes", "--out", tmp_path / "new.properties")
        assert ended.code == 0, ended.err
        assert f"still names {estate.fingerprint('new')}" in ended.out.decode()
        for name, value in stored(engine).items():
            if value is not None:
                assert by_openssl(value, tmp_path / "next") == estate.plain[name]
        before, after = (
            properties.read_text().splitlines(),
            (tmp_path / "new.properties").read_text().splitlines(),
        )
        assert before[:-1] == after[:-1]
        new = after[-1].removeprefix("COMMANDER_DB_PASSWORD=").replace("\\", "")
        assert by_openssl(new, tmp_path / "next") == DATABASE_PASSWORD
        server.run(  # the step that was told
            f"UPDATE ec_configuration_history SET passkey_fingreprint = '{estate.fingerprint('next')}'",
            database="commander",
        )
        next_only = ("--key", f"next={tmp_path / 'next'}")
        again = passkey_audit(
            "audit",
            "--database-properties",
            tmp_path / "new.properties",
            *next_only,
            "--out",
            tmp_path / "again",
        )
        assert again.code == 0, again.err


def by_openssl(value: str, key: Path) -> bytes:
    content, vector = map(base64.b64decode, value.split("|"))
    command = [
        need("openssl"),
        "enc",
        "-d",
        "-aes-256-cbc",
        "-K",
        key.read_bytes().hex(),
        "-iv",
        vector.hex(),
    ]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout
