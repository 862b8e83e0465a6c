"""Values of a dump that would be longer than their columns.

mysqldump's files set a mode in which a server truncates such values on loading, with only a warning; and no
key decrypts a truncated value.
"""

from collections.abc import Collection, Sequence

from parsers.stores.sql_dump.definitions import DumpedTable
from parsers.stores.sql_dump.dialect import SqlSession, dialect_of
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.sql_dump.survey import Survey
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import chunks
from parsers.stores.store_writer import ValueChange
from parsers.stores.text_encoding import encoding_of, utf8_pieces


def records_too_long(store: SqlDump, changes: Sequence[ValueChange]) -> Collection[str]:
    """The records of the changes whose new value does not fit into its column.

    The dump is read only if some value becomes longer.

    Raises:
        StoreError, ArchiveError: it cannot be read.
    """
    longer = [change for change in changes if _grows(change)]
    if not longer:
        return ()
    lengths = _column_lengths(store)
    found = ((change, lengths.get(change.record.partition(":")[0], (None, None))) for change in longer)
    return dict.fromkeys(
        change.record
        for change, (of_value, of_iv) in found
        if _exceeds(change.new.value, of_value) or _exceeds(change.new.iv, of_iv)
    )


def _grows(change: ValueChange) -> bool:
    old, new = change.old, change.new
    return len(new.value) > len(old.value) or len(new.iv or b"") > len(old.iv or b"")


def _exceeds(value: bytes | None, most: int | None) -> bool:
    return value is not None and most is not None and len(value) > most


def _column_lengths(store: SqlDump) -> dict[str, tuple[int | None, int | None]]:
    """The maximum lengths of values and vectors, by the name of the table in the mapping."""
    survey = Survey(store.mapping, held_rows=0)
    head = store.file.head()
    with store.file.open() as entry:
        pieces = utf8_pieces(chunks(entry.stream), encoding_of(head))
        survey.read(SqlWindow(pieces), SqlSession(dialect_of(head)))
    tables = survey.definitions.tables
    lengths: dict[str, tuple[int | None, int | None]] = {}
    for mapped in store.mapping.tables:
        if (table := tables.get(mapped.table.casefold())) is not None:
            of_value, of_iv = lengths.get(mapped.table, (None, None))
            lengths[mapped.table] = (
                _smallest(of_value, _length_of(table, mapped.value)),
                _smallest(of_iv, _length_of(table, mapped.iv)),
            )
    return lengths


def _length_of(table: DumpedTable, name: str | None) -> int | None:
    column = table.column(name) if name is not None else None
    return column.max_length if column is not None else None


def _smallest(one: int | None, other: int | None) -> int | None:
    """Several columns of one table may be mapped and share their records."""
    return min((each for each in (one, other) if each is not None), default=None)
