"""Octopus' documents out of real servers, and the statements that SQL Server gets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql

from parsers.octopus.stores.database import OctopusDatabase
from parsers.stores.database.catalogue import Column, Table, select
from parsers.stores.database.product_database import ProductDatabase
from parsers.stores.open import open_store
from parsers.unread import Unread
from tests.parsers.octopus.stores.places import PLACES, rows
from tests.parsers.stores.reading import rows_of
from tests.servers.server import Server
from tests.support.octopus import by_table, sqlite_file

VALUE = "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("octopus") as name:
        yield name


def fill(engine: sa.Engine) -> None:
    """The tables with all known places; JSON as text, and one table's as the type JSON."""
    with engine.begin() as connection:
        for name, of_table in by_table(rows([VALUE] * len(PLACES))).items():
            kind = sa.JSON() if name == "Account" else sa.Text()
            table = sa.Table(name, sa.MetaData(), sa.Column("Id", sa.String(200)), sa.Column("JSON", kind))
            table.create(connection)
            for row in of_table:
                document = row.members if name == "Account" else row.json
                connection.execute(table.insert().values(Id=row.id, JSON=document))


@pytest.mark.server
@pytest.mark.xdist_group("databases")
def test_servers_and_a_file_give_the_same(server: Server, database: str, tmp_path: Path) -> None:
    """The tables tell the product, and only the store's name tells the frames apart."""
    fill(server.engine(database))
    store = open_store(server.url(database))
    assert isinstance(store, ProductDatabase)
    assert isinstance(store.store(), OctopusDatabase)
    of_file = rows_of(open_store(str(sqlite_file(tmp_path / "o.sqlite", rows([VALUE] * len(PLACES))))))
    of_server = rows_of(store)
    assert of_server.height == len(PLACES)
    assert of_server.drop("store").sort("record").equals(of_file.drop("store").sort("record"))
    assert not [event for event in store.read() if isinstance(event, Unread)]


def test_statement_for_sql_server() -> None:
    """Nothing but a SELECT of the columns needed, every name in brackets where it must be."""
    columns = tuple(Column(name, sa.NVARCHAR()) for name in ("Id", "JSON", "JSONBlob"))
    statement = select(Table("Account", columns, frozenset(), frozenset()), columns)
    dialect: sa.Dialect = mssql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types there
    text = " ".join(str(statement.compile(dialect=dialect)).split())
    names = ", ".join(f"[Account].[{column.name}]" for column in columns)
    assert text == f"SELECT {names} FROM [Account]"
