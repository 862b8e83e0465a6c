"""What is sent to each kind of server, two of which no test runs."""

import pytest
import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table, select
from parsers.stores.database.passkey_history import last_uses

HOSTILE = "a\"]`'; DROP TABLE x;--"


def table(*names: str) -> Table:
    columns = tuple(Column(name, sa.types.NullType()) for name in names)
    return Table("ec_x", columns, frozenset(), frozenset())


def text(statement: sa.Select[tuple[object, ...]], dialect: str) -> str:
    spoken = sa.make_url(f"{dialect}://").get_dialect()()
    return " ".join(str(statement.compile(dialect=spoken, compile_kwargs={"literal_binds": True})).split())


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("mssql", "SELECT ec_x.id, ec_x.[a\"]]`'; DROP TABLE x;--] FROM ec_x"),
        ("oracle", 'SELECT ec_x.id, ec_x."a""]`\'; DROP TABLE x;--" FROM ec_x'),
        ("postgresql", 'SELECT ec_x.id, ec_x."a""]`\'; DROP TABLE x;--" FROM ec_x'),
        ("mysql", "SELECT ec_x.id, ec_x.`a\"]``'; DROP TABLE x;--` FROM ec_x"),
        ("sqlite", 'SELECT ec_x.id, ec_x."a""]`\'; DROP TABLE x;--" FROM ec_x'),
    ],
)
def test_rows_of_a_table(dialect: str, expected: str) -> None:
    """Names are quoted as each dialect wants it, so that a hostile one stays a name."""
    found = table("id", HOSTILE)
    assert text(select(found, found.columns), dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("mssql", "SELECT TOP 5 ec_x.v FROM ec_x WHERE ec_x.v IS NOT NULL"),
        ("oracle", "SELECT ec_x.v FROM ec_x WHERE ec_x.v IS NOT NULL FETCH FIRST 5 ROWS ONLY"),
    ],
)
def test_sample_of_a_column(dialect: str, expected: str) -> None:
    """Only so many rows are asked for, in the dialect's own words."""
    found = table("v")
    sample = select(found, found.columns, filled=True).limit(5)
    assert text(sample, dialect) == expected


@pytest.mark.parametrize("dialect", ["mssql", "oracle"])
def test_last_uses_of_fingerprints(dialect: str) -> None:
    """One row a fingerprint, the newest first."""
    fingerprint, used = table("passkey_fingreprint", "last_use_date").columns
    assert text(last_uses(table(), fingerprint, used), dialect) == (
        "SELECT ec_x.passkey_fingreprint, max(ec_x.last_use_date) AS max_1 FROM ec_x "
        "WHERE ec_x.passkey_fingreprint IS NOT NULL GROUP BY ec_x.passkey_fingreprint "
        "ORDER BY max(ec_x.last_use_date) DESC"
    )


def test_text_comes_as_bytes_where_it_is_asked_for() -> None:
    """SQLite hands out text of any encoding only so."""
    found = table("id", "v")
    expected = "SELECT ec_x.id, CAST(ec_x.v AS BLOB) AS v FROM ec_x"
    assert text(select(found, found.columns, as_bytes=[1]), "sqlite") == expected
