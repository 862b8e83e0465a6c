"""Where the server's database is, as far as its configuration or the stores tell."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from audit.readiness.estate import Estate

_PORTS: Final = {"mysql": "3306", "mariadb": "3306", "oracle": "1521", "mssql": "1433", "postgresql": "5432"}
"""By SQLAlchemy's name; the servers' own defaults."""

_UNKNOWN_PORT: Final = "<port>"


def database_place(estate: Estate) -> tuple[str, str]:
    """The database in words, and its port, `<port>` where nobody says."""
    url = next(_urls(estate), None)
    if url is None or not url.host:
        return "the database", _UNKNOWN_PORT
    port = str(url.port) if url.port else _PORTS.get(url.get_backend_name(), _UNKNOWN_PORT)
    return f"the database ({url.host}:{port})", port


def _urls(estate: Estate) -> Iterator[sa.URL]:
    for folder in estate.conf:
        if folder.database:
            yield sa.make_url(folder.database.url)
    for label in estate.stores.labels:
        if "://" in label:
            yield sa.make_url(label)
