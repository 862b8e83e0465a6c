"""Which tables hold secrets: those that the products are known to have, and those of a mapping file."""

import tomllib
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from parsers.errors import StoreError
from parsers.products import every_product, table_kinds
from parsers.stores.mapping import Frozen, HistoryTable, Mapping, SecretTable

DEFAULT_MAPPING: Final = Mapping(
    inferred=tuple(table for product in every_product() for table in product.stores().tables)
)


class _MappingFile(Frozen):
    """The shape of a mapping file: `[[tables]]`, `[history]`, and `defaults = false` to read nothing else."""

    tables: tuple[SecretTable, ...] = Field(default=(), max_length=1000)
    history: HistoryTable = HistoryTable()
    defaults: bool = True


def read_mapping(path: Path) -> Mapping:
    """The mapping that a TOML file describes.

    A table of the file replaces the default of the same name; the other defaults stay, unless the file
    says `defaults = false`.

    Raises:
        StoreError: the file cannot be read, is not TOML, or describes no mapping; one line says where.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        file = _MappingFile.model_validate(content, context=table_kinds())
    except OSError as error:
        raise StoreError(f"mapping file {str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise StoreError(f"mapping file {str(path)!r}: {_first_fault(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"mapping file {str(path)!r} is not TOML: {error}") from error
    named = {table.table.lower() for table in file.tables}
    kept = tuple(table for table in DEFAULT_MAPPING.inferred if table.table.lower() not in named)
    return Mapping(named=file.tables, inferred=kept if file.defaults else (), history=file.history)


def _first_fault(error: ValidationError) -> str:
    """Where in the file, and what: `tables.0.kind: input should be …`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in fault["loc"])
    return f"{where}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
