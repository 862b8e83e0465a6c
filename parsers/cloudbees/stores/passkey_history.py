"""The passkeys that a store names: in `ec_configuration_history`, or as the `passkey` of an export."""

import re
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.catalogue import Catalogue, Column, Table, Unusable
from parsers.stores.interface import FingerprintSeen, NotAudited
from parsers.stores.mapping import HistoryTable
from parsers.stores.rewriting.spelling import Characters, characters_of
from parsers.unread import Unread

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")


def fingerprints(
    connection: sa.Connection, catalogue: Catalogue, history: HistoryTable, *, store: str
) -> Iterator[FingerprintSeen | NotAudited | Unread]:
    """Each fingerprint once with its last use, the one used last first.

    Where the product's own table is not there it is only listed; one that a mapping names is missed.

    Raises:
        DRIVER_FAULTS: from reading.
    """
    table = catalogue.find(history.table)
    if isinstance(table, Unusable):
        yield _missed(history, table.value, store)
        return
    used, spellings = table.column(history.last_used), [table.column(name) for name in history.fingerprints]
    columns = [column for column in spellings if column is not None]
    if not columns or used is None:
        reason = f"it has no {history.fingerprints[0]!r} or no {history.last_used!r}"
        yield _missed(history, reason, store)
        return
    for column in columns:
        yield from _seen(connection, table, column, used, store)


def _missed(history: HistoryTable, reason: str, store: str) -> NotAudited | Unread:
    if history == HistoryTable():
        return NotAudited(store, history.table, reason)
    return Unread(store, history.table, f"table {history.table!r}: {reason}")


def _seen(
    connection: sa.Connection, table: Table, fingerprint: Column, used: Column, store: str
) -> Iterator[FingerprintSeen | Unread]:
    malformed = 0
    for found, when in connection.execute(last_uses(table, fingerprint, used)):
        text = str(found).strip().lower()
        if _FINGERPRINT.fullmatch(text):
            yield FingerprintSeen(table.name, text, "" if when is None else str(when))
        else:
            malformed += 1
    if malformed:
        yield Unread(
            store, table.name, f"{malformed} values are not fingerprints of 40 hex digits", partial=True
        )


def last_uses(table: Table, fingerprint: Column, used: Column) -> sa.Select[Any]:
    """(fingerprint, its last use), the newest first."""
    # Without types: a time comes as the driver has it, and a text of SQLite as it stands there.
    what: sa.ColumnClause[Any] = sa.column(fingerprint.name)
    when: sa.ColumnClause[Any] = sa.column(used.name)
    last = sa.func.max(when)
    source = sa.table(table.name, what, when)
    return (
        sa.select(what, last)
        .select_from(source)
        .where(what.is_not(None))
        .group_by(what)
        .order_by(last.desc())
    )


_ROOT: Final = re.compile(
    r"(?s)(?:\ufeff|\xef\xbb\xbf)?+(?:\s++|<\?.*?\?>|<!--.*?-->)*+<exportedData(?=[\s/>])"
)
_ATTRIBUTE: Final = re.compile(r"""\s++([^\s=<>/"']++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
# <exportedData version="63" buildVersion="5.0.1.73229" passkey="95daec80877f164f13935bac14adde8cf636fe7b">
_END: Final = re.compile(r"\s*+/?>")


def passkey_attribute(head: bytes) -> tuple[int, int] | None:
    """From which byte to which the attribute's value stands; None if the root element has none.

    Args:
        head: the first bytes of the export, decompressed.

    Raises:
        StoreError: the root element's tag does not end within them.
    """
    characters = characters_of(head)
    text = head.decode(characters.value, "replace")
    root = _ROOT.match(text)
    at = root.end() if root else 0
    while root and (attribute := _ATTRIBUTE.match(text, at)):
        if attribute[1] == "passkey":
            start, end = attribute.span(2)
            return _offset(text, start + 1, characters), _offset(text, end - 1, characters)
        at = attribute.end()
    if root is None or not _END.match(text, at):
        raise StoreError(f"the tag of the root element does not end within the first {len(head)} bytes")
    return None


def _offset(text: str, at: int, characters: Characters) -> int:
    return len(text[:at].encode(characters.value))
