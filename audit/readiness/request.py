"""What a person gives to have an estate read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.layouts.user_supplied import NOTHING_SUPPLIED, Supplied
from parsers.keys.key_file import KeyFile
from parsers.stores.interface import Store
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class ReadinessRequest:
    """What is to be read.

    Attributes:
        stores: the server's own.
        imports: exports that are about to be imported, and what was no store.
        backups: restored backups, likewise.
        keys: the candidates, and what was no key.
        copies: further places of the server's key, by label.
        conf: the nodes' folders, by label.
        current: labels of the keys that the servers use now, if the user said.
        supplied: layouts beside the known ones.
    """

    stores: Sequence[Store]
    imports: Sequence[Store | Unread]
    backups: Sequence[Store | Unread]
    keys: Sequence[KeyFile | Unread]
    copies: Sequence[KeyFile | Unread]
    conf: Sequence[tuple[str, Path]]
    current: Sequence[str]
    supplied: Supplied = NOTHING_SUPPLIED
