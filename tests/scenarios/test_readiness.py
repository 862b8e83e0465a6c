"""An administrator checks the estate before the upgrade; a pipeline reads the answer."""

import base64
import csv
import io
import json
import random
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from tests.support.program import ESTATE, Ended, passkey_audit
from tests.support.programs import need

STORE = ESTATE / "store" / "commander.sqlite"


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The conf folder of a node that is in order; openssl has encrypted its database password."""
    conf = tmp_path / "conf"
    conf.mkdir()
    key = conf / "passkey"
    shutil.copy(ESTATE / "keys" / "passkey", key)
    key.chmod(0o600)
    sealed = subprocess.run(
        [need("openssl"), "enc", "-aes-256-ecb", "-K", key.read_bytes().hex(), "-base64"],
        input=b"commander-db!",
        capture_output=True,
        check=True,
    ).stdout.decode()
    escaped = sealed.strip().replace("=", r"\=")
    (conf / "database.properties").write_text(
        f"COMMANDER_DB_TYPE=mysql\nCOMMANDER_DB_HOST=db.example\nCOMMANDER_DB_PASSWORD={escaped}\n"
    )
    return conf


@pytest.fixture
def sound_store(tmp_path: Path) -> Path:
    """The sample database without what does not open under the current key."""
    truth = json.loads((ESTATE / "truth.json").read_bytes())["credentials"]
    path = tmp_path / "sound.sqlite"
    shutil.copy(STORE, path)
    good = {place for place, row in truth.items() if row["verdict"] in {"current", "empty", "external"}}
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT ec_credential.id, ec_project.name, ec_credential.name FROM ec_credential"
            " LEFT JOIN ec_project ON ec_project.id = project_id"
        ).fetchall()
        bad = [(key,) for key, project, name in rows if f"/projects/{project}/credentials/{name}" not in good]
        connection.executemany("DELETE FROM ec_credential WHERE id = ?", bad)
        connection.execute("DELETE FROM ec_user")
        connection.execute("DELETE FROM ec_directory_provider")
        connection.execute("DELETE FROM ec_email_config")
        connection.execute("DELETE FROM ec_devops_insight_server_config")
    connection.close()
    return path


def readiness(*arguments: str | Path) -> Ended:
    return passkey_audit("readiness", *arguments)


def states(ended: Ended) -> dict[str, str]:
    checks: list[dict[str, Any]] = json.loads(ended.out)
    return {check["id"]: check["state"] for check in checks}


def test_everything_in_order(node: Path, sound_store: Path, tmp_path: Path) -> None:
    """Each check passes: exit code 0, and JUnit without a failure."""
    junit = tmp_path / "readiness.xml"
    ended = readiness(
        *("--store", sound_store, "--key", node / "passkey", "--conf", f"node1={node}"),
        *("--backup", sound_store, "--copy", f"zookeeper={node / 'passkey'}", "--skip", "imports"),
        *("--format", "json", "--junit", junit),
    )
    assert set(states(ended).values()) == {"pass"}, ended.out
    assert len(states(ended)) == 7
    assert ended.code == 0
    (suite,) = ET.parse(junit).getroot()
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("7", "0", "0")
    assert oct(junit.stat().st_mode & 0o777) == "0o600"


def test_what_is_out_of_order(node: Path, tmp_path: Path) -> None:
    """Lost values, an older passkey on one node, a file left behind, a foreign export: exit code 10."""
    (node / "commander.properties.old").touch()
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(ESTATE / "keys" / "passkey-9.1", other / "passkey")
    (other / "passkey").chmod(0o644)
    ended = readiness(
        *("--store", STORE, "--key", node / "passkey", "--conf", f"node1={node}", "--conf", f"node2={other}"),
        *("--backup", STORE, "--import", ESTATE / "store" / "imported-2017.xml", "--format", "json"),
    )
    assert ended.code == 10
    assert states(ended) == {
        "values-open": "fail",
        "one-key": "fail",
        "older-key-in-place": "pass",
        "database-password": "unknown",
        "old-files": "fail",
        "key-permissions": "fail",
        "backup-tested": "fail",
        "imports": "fail",
    }
    told = {check["id"]: check["evidence"] for check in json.loads(ended.out)}
    truth = json.loads((ESTATE / "truth.json").read_bytes())
    assert truth["missing_key"] in told["imports"]
    assert truth["keys"]["passkey-9.1"]["fingerprint"] in told["one-key"]
    assert "node2/passkey" in told["one-key"]


def test_before_the_upgrade(tmp_path: Path) -> None:
    """A server of 9.1 whose node has its 128-bit passkey is ready for the upgrade in that point."""
    conf = tmp_path / "conf"
    conf.mkdir()
    shutil.copy(ESTATE / "keys" / "passkey-9.1", conf / "passkey")
    common = ("--store", ESTATE / "store" / "credentials.csv", "--conf", f"node1={conf}", "--format", "json")
    ended = readiness(*common, "--key", ESTATE / "keys", "--current", "passkey-9.1")
    assert states(ended)["older-key-in-place"] == "pass"
    shutil.copy(ESTATE / "keys" / "passkey", conf / "passkey")
    ended = readiness(*common, "--key", ESTATE / "keys", "--current", "passkey-9.1")
    assert states(ended)["older-key-in-place"] == "fail"


def test_the_node_says_which_key_is_current(node: Path, tmp_path: Path) -> None:
    """A table names no fingerprint: the key is that of the node's folder."""
    ended = readiness(
        *("--store", ESTATE / "store" / "credentials.csv", "--key", ESTATE / "keys" / "passkey-9.1"),
        *("--conf", f"node1={node}", "--format", "json"),
    )
    told = {check["id"]: check["evidence"] for check in json.loads(ended.out)}
    assert told["older-key-in-place"].startswith("the current passkey 'node1/passkey' has 256 bits")
    assert "68 older-key" not in told["values-open"]  # the build farm's key is not given here
    assert "36 older-key" in told["values-open"]


def test_what_could_not_be_read(node: Path, tmp_path: Path) -> None:
    """A folder and a copy that are not there: exit code 3 though a check fails, and unknowns say so."""
    ended = readiness(
        *("--store", STORE, "--key", node / "passkey", "--conf", f"node1={tmp_path / 'none'}"),
        *("--format", "json"),
    )
    assert ended.code == 3
    assert "no such folder" in ended.err
    told = states(ended)
    assert told["values-open"] == "fail"
    assert told["old-files"] == told["database-password"] == told["one-key"] == "unknown"


def test_a_backup_that_is_none(node: Path, tmp_path: Path) -> None:
    """A backup that cannot be opened ends nothing: the check is unknown, and exit code 3 says why."""
    broken = tmp_path / "backup.sql"
    broken.write_bytes(bytes(1000))
    ended = readiness(
        *("--store", STORE, "--key", node / "passkey", "--backup", broken, "--import", tmp_path / "no.xml"),
        *("--format", "json"),
    )
    assert ended.code == 3
    assert (states(ended)["backup-tested"], states(ended)["imports"]) == ("unknown", "unknown")
    assert str(broken) in ended.err
    assert str(tmp_path / "no.xml") in ended.err


def test_unknown_is_not_ready(sound_store: Path, node: Path) -> None:
    """Where nothing fails and something was not given, the answer is incomplete: exit code 3."""
    ended = readiness("--store", sound_store, "--key", node / "passkey", "--format", "json")
    assert "fail" not in states(ended).values()
    assert states(ended)["values-open"] == "pass"
    assert states(ended)["backup-tested"] == "unknown"
    assert ended.code == 3


def test_every_format_says_the_same(node: Path, tmp_path: Path) -> None:
    """Table, CSV, JSON and Parquet have the same rows and exit code; the steps never stand in data."""
    given = ("--store", STORE, "--key", node / "passkey", "--conf", f"node1={node}")
    as_json = readiness(*given, "--format", "json")
    rows = json.loads(as_json.out)
    as_csv = readiness(*given, "--format", "csv")
    assert list(csv.DictReader(io.StringIO(as_csv.out.decode()))) == rows
    parquet = tmp_path / "checks.parquet"
    assert readiness(*given, "--format", "parquet", "-o", parquet).code == as_json.code == as_csv.code == 10
    assert pl.read_parquet(parquet).rows(named=True) == rows
    table = readiness(*given)
    assert all(row["title"] in table.out.decode() for row in rows)
    for told in (table.out.decode(), as_csv.err, as_json.err):
        assert "iptables -D OUTPUT -p tcp --destination-port 3306 -j DROP" in told
        assert "db.example:3306" in told
    assert readiness(*given, "--format", "json", "--quiet").err == ""


def test_nothing_secret_is_told(node: Path, tmp_path: Path) -> None:
    """No key, password or ciphertext is in any output, and nothing is written but what was asked for."""
    junit = tmp_path / "out.xml"
    before = sorted(path for path in tmp_path.rglob("*"))
    ended = readiness("--store", STORE, "--key", node, "--conf", f"n={node}", "--junit", junit)
    told = ended.out + ended.err.encode() + junit.read_bytes()
    key = (node / "passkey").read_bytes()
    sealed = (node / "database.properties").read_text().split("PASSWORD=")[1].strip()
    for secret in (key, key.hex().encode(), b"commander-db!", sealed.encode(), sealed[:20].encode()):
        assert secret not in told
    assert sorted(path for path in tmp_path.rglob("*")) == sorted([*before, junit])


def test_a_check_that_does_not_exist(node: Path) -> None:
    """A misspelt `--skip` is wrong usage: else a check would be left out without anybody noticing."""
    ended = readiness("--store", STORE, "--key", node / "passkey", "--skip", "import")
    assert ended.code == 2
    assert "imports" in ended.err


def octopus_value(key: bytes, text: str, chance: random.Random) -> str:
    """As Octopus Deploy stores it (docs, "Data encryption"), by PyCryptodome."""
    vector = chance.randbytes(16)
    sealed = AES.new(key, AES.MODE_CBC, iv=vector).encrypt(pad(text.encode(), 16))
    return f"{base64.b64encode(sealed).decode()}|{base64.b64encode(vector).decode()}"


def test_nodes_of_octopus(tmp_path: Path) -> None:
    """A node that was left on the old master key fails; what is CloudBees CD's alone is not asked."""
    key, other = bytes(range(16)), bytes(range(16, 32))
    chance = random.Random(1)
    documents = [json.dumps({"Password": octopus_value(key, f"password-{n}-x", chance)}) for n in range(20)]
    store = tmp_path / "accounts.sql"
    store.write_text(
        "".join(
            "INSERT [dbo].[Account] ([Id], [AccountType], [JSON], [Name]) VALUES "
            f"(N'Accounts-{n}', N'UsernamePassword', N'{document}', N'account {n}')\nGO\n"
            for n, document in enumerate(documents)
        )
    )
    for name, content in (
        ("node1.txt", base64.b64encode(key)),
        ("node2.json", b'{"MasterKey":"%b"}' % base64.b64encode(key)),
        ("node3.txt", base64.b64encode(other)),
    ):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    given = ("--store", store, "--backup", store, "--skip", "imports", "--format", "json")
    nodes = [f"--copy={name}={tmp_path / name}" for name in ("node1.txt", "node2.json", "node3.txt")]
    current = ("--key", f"server={tmp_path / 'node1.txt'}", "--current", "server")
    sound = readiness(*given, *current, *nodes[:2])
    assert states(sound) == dict.fromkeys(
        ("values-open", "one-key", "key-permissions", "backup-tested"), "pass"
    )
    assert sound.code == 0
    assert "On node1.txt alone: Octopus.Server rotate-master-key" in sound.err
    assert "On node2.json: Octopus.Server set-master-key" in sound.err
    assert "iptables" not in sound.err
    left_behind = readiness(*given, *current, *nodes)
    assert left_behind.code == 10
    assert states(left_behind)["one-key"] == "fail"
