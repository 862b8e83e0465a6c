"""A small estate whose every secret is a marker that must turn up nowhere."""

import base64
import csv
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import polars as pl
from ahocorasick_rs import BytesAhoCorasick

from audit.layouts.layout import Encoding, Iv, Layout, Mode
from audit.layouts.layout import KeyForm as Form
from tests.support.sealing import passwords, seal

NEW: Final = Layout(Form.RAW, Mode.CBC, Iv.FRONT, Encoding.BASE64)
OLD: Final = Layout(Form.RAW, Mode.ECB, Iv.NONE, Encoding.BASE64)


@dataclass(slots=True)
class Planted:
    """Where the estate lies, and every secret in it by a name that says what it is."""

    folder: Path
    secrets: dict[str, bytes] = field(default_factory=dict)
    values: dict[str, bytes] = field(default_factory=dict)

    def found_in(self, content: bytes) -> set[str]:
        """Which secrets stand in `content`, in any form that they could be written in."""
        forms = [(name, form) for name, secret in self.secrets.items() for form in set(written(secret))]
        search = BytesAhoCorasick([form for _, form in forms])
        return {
            forms[number][0] for number, _, _ in search.find_matches_as_indexes(content, overlapping=True)
        }


def written(secret: bytes) -> Iterator[bytes]:
    """Raw, UTF-16, hex and base64; without the end of base64, which depends on what follows."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    whole = len(secret) // 3 * 3
    yield base64.b64encode(secret[:whole])
    yield base64.urlsafe_b64encode(secret[:whole])
    if secret.isascii():
        yield secret.decode().encode("utf-16-le")


def plant(folder: Path, *, seed: int = 20210206) -> Planted:
    """Keys, three stores with the same rows, logs, owners and an encrypted bundle."""
    chance = random.Random(seed)
    planted = Planted(folder)
    keys = {"current": chance.randbytes(32), "older": chance.randbytes(16), "gone": chance.randbytes(16)}
    planted.secrets |= {f"key {label}": key for label, key in keys.items()}
    _write_keys(folder / "keys", keys)
    _make_values(planted, keys, chance)
    _write_stores(planted)
    (folder / "owners.csv").write_text("pattern,team,contact\n**,Everybody,all@example.com\n")
    planted.secrets["zip password"] = chance.randbytes(12).hex().encode()
    (folder / "zip.password").write_bytes(planted.secrets["zip password"] + b"\n")
    _write_logs(planted)
    return planted


def _write_keys(folder: Path, keys: dict[str, bytes]) -> None:
    folder.mkdir()
    for label in ("current", "older"):
        (folder / label).write_bytes(keys[label])
        (folder / label).chmod(0o600)


def _make_values(planted: Planted, keys: dict[str, bytes], chance: random.Random) -> None:
    plain = passwords(60, chance, longest=40)
    for number, secret in enumerate(each.ljust(14, b"~") for each in plain):
        label, layout = [("current", NEW), ("older", OLD), ("gone", OLD)][min(number // 25, 2)]
        value = seal(layout, keys[label], secret, chance)
        planted.values[f"{label}-{number}"] = value
        planted.secrets[f"password {number}"] = secret
        planted.secrets[f"value {number}"] = value
    damaged = base64.b64encode(chance.randbytes(41))  # no whole blocks, and more than one
    in_clear = chance.randbytes(9).hex().encode() + b"!"
    planted.values |= {"damaged": damaged, "in-clear": in_clear, "empty": b""}
    planted.secrets |= {"damaged value": damaged, "password in clear": in_clear}


def _write_stores(planted: Planted) -> None:
    rows = [(name, value.decode()) for name, value in planted.values.items()]
    items = "".join(
        f"<credential><credentialName>{name}</credentialName><password>{escape(value)}</password>"
        f"<userName>u</userName></credential>\n"
        for name, value in rows
    )
    (planted.folder / "export.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<exportedData version="93" buildVersion="9.2.0.1">'
        f"<project><projectName>P</projectName>{items}</project></exportedData>\n"
    )
    with (planted.folder / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("kind", "project", "name", "user_name", "value"))
        writer.writerows(("credential", "P", name, "u", value) for name, value in rows)
    frame = pl.DataFrame(rows, schema=["name", "value"], orient="row").select(
        pl.lit("credential").alias("kind"),
        pl.lit("P").alias("project"),
        "name",
        user_name=pl.lit("u"),
        value="value",
    )
    frame.write_parquet(planted.folder / "table.parquet")
    frame.write_ndjson(planted.folder / "table.jsonl")
    _write_database(planted.folder / "commander.sqlite", rows)


def _write_database(path: Path, rows: list[tuple[str, str]]) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE ec_project (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, name TEXT, user_name TEXT, password TEXT,"
        " credential_type TEXT, project_id INTEGER);"
        "CREATE TABLE ec_secret_notes (id INTEGER PRIMARY KEY, note TEXT);"
        "INSERT INTO ec_project VALUES (1, 'P');"
    )
    connection.executemany("INSERT INTO ec_credential VALUES (NULL, ?, 'u', ?, 'LOCAL', 1)", rows)
    connection.executemany("INSERT INTO ec_secret_notes (note) VALUES (?)", [(value,) for _, value in rows])
    connection.commit()
    connection.close()


def _write_logs(planted: Planted) -> None:
    """Entries that themselves quote ciphertext, in the line and in what continues it."""
    lines = []
    for number, (name, value) in enumerate(planted.values.items()):
        if name in {"in-clear", "empty"}:  # clear text in a log cannot be told from other words
            continue
        at = f"2021-02-06T14:{number // 60:02}:{number % 60:02}.000"
        head = f"{at} | WARN  | Api-1 | 1 | 2 | | CredentialUpgrade | "
        text = value.decode()
        lines.append(f"{head}Skipping updating password for credential '{name}': '{text}'\n\tvalue={text};\n")
    (planted.folder / "logs").mkdir()
    (planted.folder / "logs" / "commander.log").write_text("".join(lines))
