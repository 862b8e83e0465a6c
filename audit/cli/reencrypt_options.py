"""The options of `reencrypt`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.cli.options import TableFormat
from audit.cli.stores_opening import StoreOptions
from audit.reencryption.despite import Despite


@dataclass(frozen=True, slots=True)
class ReencryptOptions:
    """The options of `reencrypt`, as given."""

    run: Path
    stores: StoreOptions
    keys: Sequence[str]
    to: str
    current: Sequence[str]
    apply: bool
    yes: bool
    journal: Path | None
    out: Path | None
    layouts: Path | None
    like: Sequence[str]
    also: Sequence[str]
    despite: Sequence[Despite]
    table_format: TableFormat
    output: Path | None
    quiet: bool
