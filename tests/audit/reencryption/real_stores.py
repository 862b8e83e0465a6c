"""SQLite files with CloudBees CD's tables, and what `plan_session` is asked about them."""

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from audit.layouts.layout import Layout
from audit.layouts.user_supplied import NOTHING_SUPPLIED
from audit.reencryption.session import SessionRequest
from parsers.stores.interface import Store
from parsers.stores.open import open_store
from tests.audit.reencryption.estate import BESIDE, FOREIGN, NEW, OLD, audited, key_files
from tests.support.sealing import passwords, seal

KEYS = {"old": OLD, "new": NEW}


def values_of(keys: Sequence[bytes], layout: Layout = BESIDE, seed: int = 1) -> list[str]:
    """A value under each of these keys."""
    chance = random.Random(seed)
    texts = passwords(len(keys), chance)
    return [seal(layout, key, text, chance).decode() for key, text in zip(keys, texts, strict=True)]


MIXED = values_of([OLD, NEW] * 6 + [FOREIGN])
"""Every second of twelve under the old key, and one that nothing opens."""


def sqlite_of(path: Path, values: Sequence[str | None]) -> Path:
    """`ec_credential` with these, in the order of their ids."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, name TEXT, password TEXT)")
        rows = [(number, f"{path.stem}{number}", value) for number, value in enumerate(values)]
        connection.executemany("INSERT INTO ec_credential VALUES (?, ?, ?)", rows)
    connection.close()
    return path


def in_sqlite(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [value for (value,) in connection.execute("SELECT password FROM ec_credential ORDER BY id")]
    finally:
        connection.close()


def csv_of(path: Path, values: Sequence[str]) -> Path:
    """The same as a table file."""
    rows = [f"credential,P,{path.stem}{number},u,{value}" for number, value in enumerate(values)]
    path.write_text("\n".join(["kind,project,name,user_name,value", *rows, ""]))
    return path


def request_for(
    *paths: Path, to: str = "new", keys: dict[str, bytes] | None = None, run_current: str | None = "new"
) -> SessionRequest:
    """Audited as it is now."""
    stores: list[Store] = [open_store(str(path)) for path in paths]
    known = keys or KEYS
    return SessionRequest(audited(stores, known, run_current), stores, key_files(known), to, NOTHING_SUPPLIED)
