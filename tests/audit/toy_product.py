"""A product that does not exist: all that one has to write to add another, in one file."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.product import KeyRules, Product, ReadinessRules, Rekeyed, RekeyingRules
from audit.readiness.check import About, Check, Rule
from audit.readiness.estate import Estate
from audit.readiness.key_permissions import PERMISSIONS, key_permissions
from audit.readiness.one_key import ONE_KEY, one_key
from audit.readiness.values_open import OPEN, values_open
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport
from parsers.secret import Secret
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import passwords, seal, stored

SYSTEM: Final = "harbour"
KEY_NAME: Final = "harbour.key"
LAYOUT: Final = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
ANCHORED: Final = About("anchored", "A node of the harbour is there to rotate on")


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


def _steps_after(rekeyed: Rekeyed) -> Iterator[str]:
    yield f"Hand {rekeyed.target.label} to the harbour master."


def _no_stores(_: pl.DataFrame) -> frozenset[str]:
    return frozenset()


HARBOUR: Final = Product(
    id=SYSTEM,
    title="Harbour",
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
