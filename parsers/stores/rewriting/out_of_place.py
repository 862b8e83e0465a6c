"""What writes a store anew: a table or a dump as one file, a product's own as its product says."""

from dataclasses import replace
from functools import partial

from parsers.products import every_product
from parsers.stores.change import OutOfPlace
from parsers.stores.interface import Store
from parsers.stores.rewriting.one_file import one_file
from parsers.stores.rewriting.room import records_without_room
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable


def out_of_place(store: Store) -> OutOfPlace | None:
    """What writes the store anew; None for a database, and for files that are no text."""
    match store:
        case SqlDump():
            anew = one_file(store.file, lambda file: replace(store, file=file))
            return replace(anew, without_room=partial(records_without_room, store))
        case CsvTable() | JsonLinesTable():
            return one_file(store.file, lambda file: replace(store, file=file))
        case _:
            forms = (product.stores() for product in every_product())
            return next((found for form in forms if (found := form.written_anew(store)) is not None), None)
