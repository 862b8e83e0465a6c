"""Stored values of real servers, changed where they lie."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from parsers.stores.change import Outcome
from tests.parsers.stores.database.changing.rows_to_change import (
    back,
    change,
    credentials,
    opened,
    passwords,
    sealed,
)
from tests.servers.server import Server

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("databases")]


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("commander") as name:
        yield name


BINARY = sa.LargeBinary().with_variant(mysql.BINARY(16), "mysql", "mariadb")
UUID = sa.String(36).with_variant(postgresql.UUID(), "postgresql")
KEYS: dict[str, tuple[sa.types.TypeEngine[Any], Sequence[object]]] = {
    "integer": (sa.BigInteger(), list(range(100, 110))),
    "binary": (BINARY, [bytes([n]) * 16 for n in range(10)]),
    "uuid": (
        UUID,
        [uuid.UUID(int=n) for n in range(10)],
    ),
    "text": (sa.String(40), [f"a'b\"c\\%s :k {n} é" for n in range(10)]),
}


@pytest.mark.parametrize("kind", KEYS)
def test_changed_and_put_back(server: Server, database: str, kind: str) -> None:
    """Every row becomes what was meant, a second time nothing happens, and undone it is as before."""
    type_, keys = KEYS[kind]
    engine = server.engine(database)
    if kind == "uuid" and engine.dialect.name == "mysql":
        keys = [str(key) for key in keys]
    records = credentials(engine, keys, type_)
    before = passwords(engine)
    changes = [change(record, number) for number, record in enumerate(records)][:9]
    store = opened(server.url(database))
    with store.exclusively():
        assert store.replace(changes) == [Outcome.CHANGED] * 9
    assert store.replace(changes) == [Outcome.ALREADY] * 9
    assert passwords(engine) == [*(sealed(n, "new").decode() for n in range(9)), before[9]]
    assert store.present(records)[records[3]] == changes[3].new
    assert store.replace(back(changes)) == [Outcome.CHANGED] * 9
    assert passwords(engine) == before
