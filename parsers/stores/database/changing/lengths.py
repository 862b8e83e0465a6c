"""How much a column takes, by its declared type."""

from typing import Any, Final

from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from parsers.stores.database.catalogue import python_type
from parsers.stores.database.changing.sealed_columns import stored_bytes

_BYTES_OF_MYSQL: Final[dict[type[TypeEngine[Any]], int]] = {
    mysql.TINYTEXT: 255,
    mysql.TINYBLOB: 255,
    mysql.TEXT: 65_535,
    mysql.BLOB: 65_535,
    mysql.MEDIUMTEXT: (1 << 24) - 1,
    mysql.MEDIUMBLOB: (1 << 24) - 1,
}
"""What types without a length of their own take (MySQL's manual, "Data Type Storage Requirements")."""


def too_long(content: object, kind: TypeEngine[Any], dialect: str) -> str:
    """`40 characters, where 44 are needed`; "" if a column of this type takes `content`, or nobody knows.

    SQLite takes more than was declared.
    """
    size = len(stored_bytes(content))
    most = _BYTES_OF_MYSQL.get(type(kind)) if dialect in {"mysql", "mariadb"} else None
    declared = getattr(kind, "length", None)
    if most is not None or python_type(kind) is bytes:
        unit, most = "bytes", most or declared
    else:
        unit, most, size = "characters", declared, len(content) if isinstance(content, str) else size
    if dialect == "sqlite" or not isinstance(most, int) or size <= most:
        return ""
    return f"{most} {unit}, where {size} are needed"
