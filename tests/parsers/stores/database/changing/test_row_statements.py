"""What is sent to each kind of server, two of which no test runs."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql

from parsers.octopus.stores.document_records import Documents
from parsers.stores.database.catalogue import Column, Table
from parsers.stores.database.changing.mapped_records import ValueColumns
from parsers.stores.database.changing.row_statements import KEYS, select_rows, update_row
from parsers.stores.database.changing.run_lock import LOCKS
from parsers.stores.database.changing.sessions import SESSIONS
from parsers.stores.database.changing.target import Target
from parsers.stores.database.changing.transactions import session_settings

DIALECTS = ("mysql", "mariadb", "postgresql", "mssql", "oracle", "sqlite")


def credentials(kind: sa.types.TypeEngine[Any]) -> Target:
    columns = (Column("id", sa.BigInteger()), Column("password", kind), Column("iv", kind))
    table = Table("ec_credential", columns, frozenset(), frozenset())
    return Target(table, columns[0], columns[1:], ValueColumns(columns[1:]))


def text(statement: sa.Select[tuple[object, ...]] | sa.Update, dialect: str) -> str:
    spoken = sa.make_url(f"{dialect}://").get_dialect()()
    compiled = statement.compile(dialect=spoken, compile_kwargs={"render_postcompile": True})
    return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("mysql", " WHERE ec_credential.id IN (%s, %s) FOR UPDATE"),
        ("mariadb", " WHERE ec_credential.id IN (%s, %s) FOR UPDATE"),
        ("postgresql", " WHERE ec_credential.id IN (%(row_keys_1)s, %(row_keys_2)s) FOR UPDATE"),
        ("mssql", " WITH (UPDLOCK, HOLDLOCK) WHERE ec_credential.id IN (:row_keys_1, :row_keys_2)"),
        ("oracle", " WHERE ec_credential.id IN (:row_keys_1, :row_keys_2) FOR UPDATE NOWAIT"),
        ("sqlite", " WHERE ec_credential.id IN (?, ?)"),
    ],
)
def test_rows_are_locked(dialect: str, expected: str) -> None:
    """Each server in its own words; SQLite's lock is taken as its transaction begins."""
    statement = select_rows(credentials(sa.String()), dialect, lock=True).params({KEYS: [1, 2]})
    start = "SELECT ec_credential.id, ec_credential.password, ec_credential.iv FROM ec_credential"
    assert text(statement, dialect).replace("[", "").replace("]", "") == start + expected


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_are_changed_by_their_key(dialect: str) -> None:
    """Never by their value: a comparison inside the server may take another one for the same."""
    marks = {"mssql": ":{}", "oracle": ":{}", "postgresql": "%({})s", "sqlite": "?"}
    value, key = (marks.get(dialect, "%s").format(name) for name in ("cell_0", "row_key"))
    statement = update_row(credentials(sa.String()), (0,), dialect)
    expected = f"UPDATE ec_credential SET password={value} WHERE ec_credential.id = {key}"
    assert text(statement, dialect).replace("[", "").replace("]", "") == expected


@pytest.mark.parametrize(
    "kind", [oracle.CLOB(), oracle.BLOB(), oracle.RAW(16), mssql.NVARCHAR(), mysql.BLOB()]
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_types_do_not_show_in_statements(dialect: str, kind: sa.types.TypeEngine[Any]) -> None:
    """A large column is named like any other; its type only tells Oracle's driver how to pass it."""
    like_text, like_this = (update_row(credentials(each), (0, 1), dialect) for each in (sa.String(), kind))
    assert text(like_this, dialect) == text(like_text, dialect)


def test_json_that_keeps_its_text() -> None:
    """PostgreSQL's `json` goes out and in as text, so that the driver makes no objects of it."""
    columns = (Column("Id", sa.Text()), Column("JSON", postgresql.JSON()))
    table = Table("Account", columns, frozenset(), frozenset())
    target = Target(table, columns[0], columns[1:], Documents(columns[1:]))
    selected = text(select_rows(target, "postgresql", lock=False).params({KEYS: ["a"]}), "postgresql")
    assert selected.startswith(
        'SELECT "Account"."Id", CAST("Account"."JSON" AS TEXT) AS "JSON" FROM "Account"'
    )
    changed = text(update_row(target, (0,), "postgresql"), "postgresql")
    assert changed.startswith('UPDATE "Account" SET "JSON"=CAST(%(cell_0)s::VARCHAR AS JSON) WHERE')


def test_hostile_names_stay_names() -> None:
    """Names are quoted as each dialect wants it."""
    name = "a\"]`'; DROP TABLE x;--"
    columns = (Column(name, sa.String()), Column("v", sa.String()))
    target = Target(
        Table(name, columns, frozenset(), frozenset()), columns[0], columns[1:], ValueColumns(columns[1:])
    )
    quoted = {
        "mssql": "[a\"]]`'; DROP TABLE x;--]",
        "mysql": "`a\"]``'; DROP TABLE x;--`",
    }
    for dialect in DIALECTS:
        written = quoted.get(dialect.replace("mariadb", "mysql"), '"a""]`\'; DROP TABLE x;--"')
        assert text(update_row(target, (0,), dialect), dialect).startswith(f"UPDATE {written} SET ")
        selected = text(select_rows(target, dialect, lock=True).params({KEYS: ["a"]}), dialect)
        assert f" FROM {written} " in selected


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_strict_sessions(dialect: str) -> None:
    """Nothing is cut off without a word."""
    assert "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')" in session_settings(dialect, 7)


def test_waiting_for_locks_ends() -> None:
    """Wherever a session can be told so (Oracle's statements do not wait at all)."""
    assert "SET lock_timeout = '7s'" in session_settings("postgresql", 7)
    assert "SET LOCK_TIMEOUT 7000" in session_settings("mssql", 7)
    assert "SET SESSION innodb_lock_wait_timeout = 7" in session_settings("mysql", 7)


def test_what_sql_server_and_oracle_are_asked() -> None:
    """Other sessions on this database, or of this schema; and the lock that one run holds."""
    assert SESSIONS["mssql"] == (
        "SELECT session_id, program_name, login_name, host_name FROM sys.dm_exec_sessions "
        "WHERE database_id = DB_ID() AND is_user_process = 1"
    )
    assert SESSIONS["oracle"] == (
        "SELECT audsid, program, username, machine FROM v$session "
        "WHERE type = 'USER' AND schemaname = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"
    )
    assert LOCKS["mssql"] == (
        "SET NOCOUNT ON; DECLARE @got int; EXEC @got = sp_getapplock "
        "@Resource = 'passkey-audit re-encryption', @LockMode = 'Exclusive', @LockOwner = 'Session', "
        "@LockTimeout = 0; SELECT CASE WHEN @got >= 0 THEN 1 ELSE 0 END"
    )
    assert "oracle" not in LOCKS
