"""A product that does not exist: all that one has to write to add another, in one file."""

import random
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl
import sqlalchemy as sa

from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.product import (
    ConnectionFile,
    KeyChange,
    KeyRules,
    Product,
    ReadinessRules,
    RekeyedFile,
    RekeyingRules,
)
from audit.readiness.check import Check, CheckDefinition, Rule
from audit.readiness.estate import Estate
from audit.readiness.shared_checks import ONE_KEY, OPEN, PERMISSIONS, key_permissions, one_key, values_open
from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport
from parsers.product import ConnectionDetails
from parsers.secret import Secret
from parsers.stores.database.connection import sqlite_database
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping, SecretTable
from parsers.stores.secret_kind import SecretKind
from reports.product_guide import LostSecret, ProductGuide, TeamFile
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import passwords, seal, stored

SYSTEM: Final = "harbour"
KEY_NAME: Final = "harbour.key"
LAYOUT: Final = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
ANCHORED: Final = CheckDefinition("anchored", "A node of the harbour is there to rotate on")


def _anchored(estate: Estate) -> Check:
    nodes = ", ".join(folder.label for folder in estate.conf)
    if not nodes:
        return ANCHORED.unknown("no berth was named", "name each with --conf")
    return ANCHORED.passed(f"moored at {nodes}")


def _could_be_key(file: KeyFile) -> bool:
    return len(file.content) == 32


def _content(file: KeyFile) -> Secret:
    return file.content


def _by_no_report(_files: Sequence[KeyFile], _report: RotationReport | None) -> None:
    return None


def _places(estate: Estate) -> Iterator[tuple[str, str]]:
    for place in estate.key_places:
        yield place.file.fingerprint, place.where


def _steps(estate: Estate) -> list[str]:
    return [f"Close the harbour: {folder.label}" for folder in estate.conf] + ["Turn the harbour's key."]


def _steps_after(change: KeyChange) -> Iterator[str]:
    yield f"Hand {change.target.label} to the harbour master."


def _no_stores(_: pl.DataFrame) -> frozenset[str]:
    return frozenset()


def how_to_reenter(secret: LostSecret) -> str:
    return f"tell the harbour master the new word for {secret.name!r}"


def _team_letter(team: str, name: str, rows: pl.DataFrame) -> str:
    return f"{name}: {team} has {rows.height} words to tell\n"


GUIDE: Final = ProductGuide(
    title="Harbour",
    key="harbour key",
    how_to_reenter=how_to_reenter,
    sealed_projects=("its ship has sailed", "their ships have sailed"),
    where_keys_are="Look for older keys in `the bosun's chest`.",
    team_file=TeamFile(suffix=".letter", purpose="letters to the `harbour master`", text=_team_letter),
)

BERTH: Final = SecretKind(SYSTEM, "credential", "/berths/{name}")

MAPPING: Final = Mapping(
    named=(SecretTable(table="berth", kind=BERTH, value="word", name="ship", key="ship"),)
)
"""What its database looks like: any table of secrets is read and written with what parsers has for that."""


class HarbourDatabase(CloudBeesDatabase):
    """Its database, whose values are its own."""


def _is_chart(path: Path) -> bool:
    return path.suffix == ".chart"


def _read_chart(path: Path) -> ConnectionDetails:
    return ConnectionDetails(f"sqlite:///{path.read_text()}", None)


def _open_chart(path: Path, _keys: Sequence[Key], _password: Secret | None, _mapping: Mapping) -> Store:
    return HarbourDatabase(sqlite_database(Path(path.read_text())), MAPPING)


def _no_file_to_rekey(
    _paths: Sequence[Path], _ring: KeyRing, _key: Key, _out: Path | None, _layouts: Collection[Layout]
) -> RekeyedFile | None:
    return None


HARBOUR: Final = Product(
    id=SYSTEM,
    guide=GUIDE,
    layouts=(LAYOUT,),
    published=(LAYOUT,),
    keys=KeyRules(
        may_be=_could_be_key,
        has_form=lambda _: False,
        identity=_content,
        named_by_fingerprint=False,
        named_by_report=_by_no_report,
        no_form=("is no key of the harbour", "give 32 bytes"),
    ),
    readiness=ReadinessRules(
        key_names=(KEY_NAME,),
        rules=(
            Rule(OPEN, values_open),
            Rule(ONE_KEY, one_key),
            Rule(ANCHORED, _anchored),
            Rule(PERMISSIONS, key_permissions),
        ),
        key_places=_places,
        steps_title="The harbour's order",
        steps=_steps,
    ),
    rekeying=RekeyingRules(
        discarding="",
        steps_after=_steps_after,
        with_zero_vectors=_no_stores,
        password_checks=lambda *_: iter(()),
    ),
    connection=ConnectionFile(
        name="harbour.chart",
        read=_read_chart,
        recognises=_is_chart,
        open=_open_chart,
        rekeyed=_no_file_to_rekey,
    ),
)


def harbour_store(*keys: tuple[bytes, int]) -> MemoryStore:
    """So many values under each key, in memory."""
    chance = random.Random("harbour")
    each = [key for key, count in keys for _ in range(count)]
    values = [
        seal(LAYOUT, key, text, chance) for key, text in zip(each, passwords(len(each), chance), strict=True)
    ]
    location = pl.format("harbour/{}", pl.col("name"))
    frame = stored(values).with_columns(system=pl.lit(SYSTEM), store=pl.lit("harbour"), location=location)
    store = MemoryStore(frame)
    store.label = "harbour"
    return store


def harbour_database(folder: Path, *keys: tuple[bytes, int]) -> Path:
    """So many values under each key in a SQLite file; the path of the chart that leads there."""
    chance = random.Random("harbour database")
    each = [key for key, count in keys for _ in range(count)]
    words = [
        seal(LAYOUT, key, text, chance) for key, text in zip(each, passwords(len(each), chance), strict=True)
    ]
    database, chart = folder / "harbour.sqlite", folder / "harbour.chart"
    berth = sa.Table(
        "berth",
        sa.MetaData(),
        sa.Column("ship", sa.String(20), primary_key=True),
        sa.Column("word", sa.String(200)),
    )
    engine = sa.create_engine(f"sqlite:///{database}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        berth.create(connection)
        connection.execute(
            berth.insert(), [{"ship": f"ship {n}", "word": word.decode()} for n, word in enumerate(words)]
        )
    chart.write_text(str(database))
    return chart
