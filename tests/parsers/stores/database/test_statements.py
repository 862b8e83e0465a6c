"""What is sent to each kind of server, two of which no test runs."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle

from parsers.cloudbees.stores.passkey_history import last_uses
from parsers.stores.database.catalogue import Column, Table, Unusable, select
from parsers.stores.database.plan import ReadableTable, TablePlan, plan
from parsers.stores.default_mapping import DEFAULT_MAPPING

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
def test_every_filled_value_of_a_column(dialect: str) -> None:
    """What counts a suspicious column leaves out the rows without a value."""
    found = table("v")
    expected = "SELECT ec_x.v FROM ec_x WHERE ec_x.v IS NOT NULL"
    assert text(select(found, found.columns, filled=True), dialect) == expected


@pytest.mark.parametrize("dialect", ["mssql", "oracle"])
@pytest.mark.parametrize("kind", [sa.Text(), sa.LargeBinary(), oracle.CLOB(), oracle.BLOB(), mssql.NTEXT()])
def test_large_columns(dialect: str, kind: sa.types.TypeEngine[object]) -> None:
    """A large column is named like any other; its type only tells the driver how to hand it out."""
    columns = (Column("id", sa.types.NullType()), Column("password", kind))
    found = Table("ec_x", columns, frozenset(), frozenset())
    assert text(select(found, columns), dialect) == "SELECT ec_x.id, ec_x.password FROM ec_x"


@pytest.mark.parametrize("dialect", ["mssql", "oracle"])
def test_every_default_table_and_its_projects(dialect: str) -> None:
    """What a default mapping plans to read of a catalogue that has it all, statement by statement."""
    statements = []
    for mapped in DEFAULT_MAPPING.tables:
        found = plan(mapped, Complete())
        assert isinstance(found, TablePlan)
        sources = [found.source, found.projects]
        statements += [
            text(select(source.table, list(source.columns.values())), dialect)
            for source in sources
            if isinstance(source, ReadableTable)
        ]
    assert [statement.rpartition(" FROM ")[2] for statement in statements] == [
        "ec_credential",
        "ec_project",
        "ec_directory_provider",
        "ec_email_config",
        "ec_devops_insight_server_config",
        "ec_user",
    ]
    assert statements[1] == "SELECT ec_project.id, ec_project.name FROM ec_project"
    columns = statements[0].split(" FROM ")[0].removeprefix("SELECT ").split(", ")
    wanted = {*DEFAULT_MAPPING.tables[0].roles.values(), "id"}
    assert sorted(columns) == sorted(f"ec_credential.{name}" for name in wanted)


class Complete:
    """A catalogue in which every table is there with every column of the product's."""

    def find(self, name: str) -> Table | Unusable:
        columns = {role for mapped in DEFAULT_MAPPING.tables for role in mapped.roles.values()} | {"id"}
        kinds = tuple(Column(column, sa.types.NullType()) for column in sorted(columns))
        return Table(name, kinds, frozenset({"id"}), frozenset())


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
