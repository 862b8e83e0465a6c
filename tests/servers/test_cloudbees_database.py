"""The same credentials out of real servers."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from parsers.cloudbees.kinds import CREDENTIAL, USER
from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.secret import Secret
from parsers.stores.database.connection import database_at, sqlite_database
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import FingerprintSeen, NotAudited, StoredValues, StoreEvent, Uncovered
from parsers.stores.mapping import Mapping, SecretTable
from parsers.unread import Unread
from tests.servers.estate import CIPHERTEXT, FINGERPRINT, Ids, fill
from tests.servers.postgresql import PASSWORD_USER
from tests.servers.server import Server

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("databases")]

MARKER = "n3ver-shown"


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database for one test, empty."""
    with server.database("commander") as name:
        yield name


def events(url: str, mapping: Mapping = DEFAULT_MAPPING) -> list[StoreEvent]:
    return list(CloudBeesDatabase(database_at(url), mapping).read())


def values(found: list[StoreEvent]) -> pl.DataFrame:
    return pl.concat(event.frame for event in found if isinstance(event, StoredValues))


def unread(found: list[StoreEvent]) -> list[Unread]:
    return [event for event in found if isinstance(event, Unread)]


@pytest.mark.parametrize("ids", Ids)
def test_servers_and_a_file_give_the_same(server: Server, database: str, ids: Ids, tmp_path: Path) -> None:
    """Only the store's name tells the frames apart, with binary ids and with integers."""
    path = tmp_path / "cd.sqlite"
    file = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    fill(file, ids)
    fill(server.engine(database), ids)
    of_file, of_server = list(CloudBeesDatabase(sqlite_database(path)).read()), events(server.url(database))
    without_store = [column for column in values(of_file).columns if column not in {"store", "modified"}]
    assert values(of_server).select(without_store).equals(values(of_file).select(without_store))
    assert values(of_server).height == 12
    assert values(of_server)["modified"][0] == "2021-03-04 05:06:07"
    assert FingerprintSeen("ec_configuration_history", FINGERPRINT, "2014-05-25 05:29:38") in of_server
    assert not unread(of_server)
    assert not [event for event in of_server if isinstance(event, Uncovered)]


def test_unmapped_ciphertext_is_found(server: Server, database: str) -> None:
    """A column that no mapping names is reported with its count; ids, keys and UUIDs beside it are not."""
    fill(server.engine(database), Ids.BINARY)
    vault = sa.Table(
        "ec_vault",
        sa.MetaData(),
        sa.Column("uuid", Ids.BINARY.type(), primary_key=True),
        sa.Column("project_id", Ids.BINARY.type()),
        sa.Column("secret", sa.LargeBinary),
    )
    rows = [
        {"uuid": bytes([n] * 16), "project_id": bytes([n] * 16), "secret": bytes([n + 128] * 32)}
        for n in range(9)
    ]
    with server.engine(database).begin() as connection:
        vault.create(connection)
        connection.execute(vault.insert(), rows)
    found = [event for event in events(server.url(database)) if isinstance(event, Uncovered)]
    assert [(event.place, event.count) for event in found] == [("ec_vault.secret", 9)]


def test_records_find_the_row_again(server: Server, database: str) -> None:
    """A binary id is written in hex, as the product's own queries show it (`hex(id)`)."""
    fill(server.engine(database), Ids.BINARY)
    assert (
        values(events(server.url(database)))["record"][0]
        == "ec_credential:id=0a000102030405060708090a0b0c0d0e"
    )


def test_label_names_no_user(server: Server, database: str) -> None:
    """Reports show where the database is, not who read it."""
    label = CloudBeesDatabase(database_at(server.url(database))).label
    assert "@" not in label
    assert database in label


def test_view_that_a_mapping_names_is_not_audited(server: Server, database: str) -> None:
    """A view may hide rows, so that a mapping must name the table behind it."""
    fill(server.engine(database), Ids.INTEGER)
    server.run("CREATE VIEW vault AS SELECT name, password FROM ec_user", database=database)
    vault = SecretTable(table="vault", kind=USER, value="password", name="name")
    found = events(server.url(database), Mapping(named=(vault,), inferred=DEFAULT_MAPPING.inferred))
    assert [(event.member, event.reason) for event in unread(found)] == [
        ("vault", "table 'vault': it is a view")
    ]
    assert values(found).height == 12


def test_missing_right_on_a_table(mariadb_server: Server, postgresql_server: Server) -> None:
    """The other tables are read; the one without SELECT is unread, or (MariaDB hides it) not audited."""
    users = SecretTable(table="ec_user", kind=USER, value="password", name="name")
    named = Mapping(named=(users,), inferred=DEFAULT_MAPPING.inferred[:1])
    for server, member in ((mariadb_server, "@localhost"), (postgresql_server, "")):
        with server.database("commander") as name:
            fill(server.engine(name), Ids.BINARY)
            server.run(f"CREATE USER reader{member}")
            for table in ("ec_project", "ec_credential"):
                where = f"{name}.{table}" if member else table
                server.run(f"GRANT SELECT ON {where} TO reader{member}", database=name)
            found = events(server.url(name, user="reader"), named)
            assert values(found).height == 10
            assert [
                event.member for event in unread(found) if event.member != "ec_configuration_history"
            ] == ["ec_user"]
            assert all("right" in event.reason for event in unread(found))
            server.run("DROP OWNED BY reader" if not member else "SELECT 1", database=name)
        server.run(f"DROP USER reader{member}")


def test_missing_right_on_projects_leaves_credentials_without_names(server: Server, database: str) -> None:
    """Secrets are worth reading even where nobody may say whose they are."""
    fill(server.engine(database), Ids.BINARY)
    server.run("ALTER TABLE ec_project RENAME TO hidden", database=database)
    found = events(server.url(database))
    assert set(values(found).filter(kind="credential")["project"]) == {""}
    assert "ec_project" in {event.place for event in found if isinstance(event, NotAudited)}


@pytest.fixture
def reader(mariadb_server: Server, postgresql_server: Server, server: Server, database: str) -> Iterator[str]:
    """A user who may read credentials and nothing else."""
    fill(server.engine(database), Ids.BINARY)
    user = "reader@localhost" if server is mariadb_server else "reader"
    server.run(f"CREATE USER {user}", f"GRANT SELECT ON ec_credential TO {user}", database=database)
    yield user
    if server is postgresql_server:
        server.run("DROP OWNED BY reader", database=database)
    server.run(f"DROP USER {user}")


def test_missing_right_on_the_projects_table(server: Server, database: str, reader: str) -> None:
    """The credentials are read without their projects, which is told; nothing else stops."""
    found = events(server.url(database, user="reader"))
    assert values(found)["project"].to_list() == [""] * 10
    told = {event.place for event in found if isinstance(event, NotAudited)}
    told |= {event.member for event in unread(found)}
    assert {"ec_project", "ec_user", "ec_directory_provider", "ec_configuration_history"} <= told


def test_right_on_a_column_only(server: Server, database: str, reader: str) -> None:
    """Who may not read the value column is told so, also where the server shows the table."""
    server.run(f"GRANT SELECT (name) ON ec_user TO {reader}", database=database)
    found = events(server.url(database, user="reader"))
    assert ["right" in event.reason for event in unread(found) if event.member == "ec_user"] == [True]


HOSTILE = "ec_x`\"]'; DROP TABLE ec_user;-- %s {y}"


def test_hostile_names_are_quoted(server: Server, database: str) -> None:
    """A table and a column named like an attack are read, and nothing of the attack happens."""
    fill(server.engine(database), Ids.INTEGER)
    vault = sa.Table(
        HOSTILE, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("p'\"`;--", sa.Text)
    )
    with server.engine(database).begin() as connection:
        vault.create(connection)
        connection.execute(vault.insert().values([(1, CIPHERTEXT)]))
    mapped = SecretTable(table=HOSTILE, kind=CREDENTIAL, value="p'\"`;--")
    found = values(events(server.url(database), Mapping(named=(mapped,), inferred=DEFAULT_MAPPING.inferred)))
    assert found["value"][0] == CIPHERTEXT.encode()
    assert found.filter(kind="user").height == 1


def test_names_that_are_not_there_never_reach_the_server(server: Server, database: str) -> None:
    """A mapping's name is looked up, and one that the catalogue lacks is only reported."""
    fill(server.engine(database), Ids.INTEGER)
    attack = SecretTable(table="ec_user; DROP TABLE ec_user", kind=USER, value="password")
    column = SecretTable(table="ec_project", kind=USER, value="name, (SELECT password FROM ec_user)")
    found = events(server.url(database), Mapping(named=(attack, column), inferred=DEFAULT_MAPPING.inferred))
    assert [event.member for event in unread(found)] == [attack.table, "ec_project"]
    assert values(found).filter(kind="user").height == 1


def _grow(server: Server, database: str, rows: int) -> None:
    """Many credentials, made by the server itself."""
    numbers = {
        "mysql": f"SELECT seq FROM seq_1000_to_{rows + 999}",
        "postgresql": f"SELECT * FROM generate_series(1000, {rows + 999}) AS s(seq)",
    }[server.engine(database).dialect.name]
    server.run(
        "INSERT INTO ec_credential (id, name, password, project_id) "
        f"SELECT seq, 'many', '{CIPHERTEXT}', 1 FROM ({numbers}) AS n",
        database=database,
    )


def _kill(server: Server, database: str) -> None:
    """End every other connection to the database."""
    with server.engine(server.home).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": database},
            )
            return
        backends = sa.text("SELECT id FROM information_schema.processlist WHERE db = :name")
        for (backend,) in connection.execute(backends, {"name": database}).all():
            connection.exec_driver_sql(f"KILL {int(backend)}")


def test_lost_connection_keeps_what_was_read(server: Server, database: str) -> None:
    """The batch that had come is kept, the loss is reported, and the other tables are still read."""
    fill(server.engine(database), Ids.INTEGER)
    _grow(server, database, 300_000)
    reading = CloudBeesDatabase(database_at(server.url(database))).read()
    found: list[StoreEvent] = []
    for event in reading:
        found.append(event)
        if isinstance(event, StoredValues) and not [e for e in found[:-1] if isinstance(e, StoredValues)]:
            _kill(server, database)
    lost = next(event for event in unread(found) if event.member == "ec_credential")
    read = values(found).filter(kind="credential").height
    assert lost.partial
    assert lost.offset == read
    assert 131_072 <= read < 300_010
    assert "lost" in lost.reason
    assert values(found).filter(kind="user").height == 1


def test_stopping_early_leaves_no_connection(server: Server, database: str) -> None:
    """Whoever stops after the first batch waits for no rest of the table."""
    fill(server.engine(database), Ids.INTEGER)
    _grow(server, database, 300_000)
    reading = CloudBeesDatabase(database_at(server.url(database))).read()
    next(event for event in reading if isinstance(event, StoredValues))
    reading.close()  # type: ignore[attr-defined]  # a generator, though the interface only says iterator


def test_nothing_can_be_written(server: Server, database: str) -> None:
    """The server itself refuses every change in the session that reads."""
    fill(server.engine(database), Ids.INTEGER)
    with database_at(server.url(database)).reading() as connection:
        for _ in range(2):
            with pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.only"):
                connection.exec_driver_sql("DELETE FROM ec_user")
            connection.rollback()  # the next transaction is read only, too


def test_wrong_password_is_told_and_not_shown(mariadb_server: Server, postgresql_server: Server) -> None:
    """The message says that the server refuses, and holds nothing of the password."""
    mariadb_server.run(
        f"CREATE USER {PASSWORD_USER}@localhost IDENTIFIED BY 'other'",
        f"GRANT SELECT ON mysql.* TO {PASSWORD_USER}@localhost",
    )
    postgresql_server.run(f"CREATE USER {PASSWORD_USER} PASSWORD 'other'")
    for server in (mariadb_server, postgresql_server):
        connected = database_at(server.url(server.home, user=PASSWORD_USER), password=Secret(MARKER.encode()))
        with pytest.raises(StoreError, match="refuses this user or password") as caught:
            list(CloudBeesDatabase(connected).read())
        assert MARKER not in repr(caught.value) + str(caught.value.__cause__)
        right = database_at(server.url(server.home, user=PASSWORD_USER), password=Secret(b"other"))
        with right.reading() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar() == 1
        server.run(f"DROP USER {PASSWORD_USER}{'@localhost' if server is mariadb_server else ''}")


def test_unknown_database_is_told(server: Server) -> None:
    """A slip in the name is an error of its own."""
    with pytest.raises(StoreError, match="no database of this name"):
        events(server.url("nowhere"))


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "postgresql+psycopg"])
def test_unknown_host_is_told(scheme: str) -> None:
    """So is a slip in the host's name (the top-level domain is reserved by RFC 2606)."""
    with pytest.raises(StoreError, match="host's name"):
        events(f"{scheme}://reader@no-such-host.invalid/commander")
