"""Servers that are started once for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.servers.mariadb import mariadb
from tests.servers.postgresql import postgresql
from tests.servers.server import Server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    with mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with postgresql() as server:
        yield server


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each server in turn."""
    started: Server = request.getfixturevalue(f"{request.param}_server")
    return started
