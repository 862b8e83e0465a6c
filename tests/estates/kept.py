"""Estates kept as files: what is stored, the keys, and which answers are right for each value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from tests.estates.estate import Estate, StoredValue, Trouble, write
from tests.estates.key_files import KeyCopy, TrueKey
from tests.support.octopus import Row as DocumentRow
from tests.support.octopus import csv_file

FOLDER: Final = Path(__file__).parents[1] / "vectors" / "estates"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptKey(_Frozen):
    """A key file, in hex; one that is not given is there for its fingerprint."""

    label: str
    content: str
    given: bool


class KeptValue(_Frozen):
    """A stored value and the answers that are right.

    Attributes:
        name: of the credential; of Octopus the place in a document.
        value: as text, or None.
        hex: the same in hex where it is no text.
        truth: in words, for whoever reads a failure.
        allowed: the verdicts that are right.
        opened_by: the labels that are right where it opens.
        wrong_layouts: beginnings of layouts that open it to another text than its own.
    """

    name: str
    value: str | None = None
    hex: str = ""
    external: bool = False
    truth: str
    allowed: tuple[str, ...]
    opened_by: tuple[str, ...] = ()
    wrong_layouts: tuple[str, ...] = ()

    @property
    def stored(self) -> bytes | None:
        """The bytes."""
        if self.hex:
            return bytes.fromhex(self.hex)
        return None if self.value is None else self.value.encode()


class KeptDocument(_Frozen):
    """A row of Octopus' tables."""

    table: str
    id: str
    columns: Mapping[str, str | int]
    json_: str


class KeptEstate(_Frozen):
    """A file.

    Attributes:
        current: key whose label `--current` says, or that the history names last; "" for none.
        said: `label`, `fingerprint` or "".
        at_least: how many values must have a verdict, so that `unknown` for all does not pass.
    """

    why: str
    store: str
    current: str
    said: str
    keys: tuple[KeptKey, ...]
    at_least: Mapping[str, int]
    values: tuple[KeptValue, ...]
    documents: tuple[KeptDocument, ...] = ()

    @property
    def current_label(self) -> str | None:
        """What `--current` says."""
        return self.current if self.said == "label" else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was read."""

    name: str
    estate: KeptEstate


def kept_estates() -> Sequence[Kept]:
    """All of them, by name."""
    return [
        Kept(path.stem, KeptEstate.model_validate_json(path.read_text("utf-8")))
        for path in sorted(FOLDER.glob("*.json"))
    ]


def write_kept(kept: KeptEstate, folder: Path) -> Path:
    """The store and `keys/` in a folder; the store's path."""
    path = write(_as_estate(kept), folder)
    if not kept.documents:
        return path
    rows = [DocumentRow(each.table, each.id, json.loads(each.json_), each.columns) for each in kept.documents]
    return csv_file(path, rows)


def _as_estate(kept: KeptEstate) -> Estate:
    keys = tuple(
        TrueKey(each.label, b"", (KeyCopy(each.label, bytes.fromhex(each.content), each.given),))
        for each in kept.keys
    )
    values = tuple(map(_as_value, kept.values))
    return Estate("", keys, values, kept.current, kept.said, kept.store)


def _as_value(value: KeptValue) -> StoredValue:
    trouble = Trouble.EXTERNAL if value.external else Trouble.NONE
    return StoredValue(value.name, value.stored, b"", "", "", None, trouble, "", is_text=True)
