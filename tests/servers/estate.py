"""A small CloudBees CD database, the same wherever it is written to."""

from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

CIPHERTEXT = "zWjkbdMteM0VY1Ls3V+lwA=="
FINGERPRINT = "95daec80877f164f13935bac14adde8cf636fe7b"


class Ids(Enum):
    """From version 5.0 ids are UUIDs in 16 bytes; before, they were integers."""

    BINARY = "binary"
    INTEGER = "integer"

    def type(self) -> sa.types.TypeEngine[bytes] | sa.types.TypeEngine[int]:
        if self is Ids.INTEGER:
            return sa.BigInteger()
        return sa.LargeBinary().with_variant(mysql.BINARY(16), "mysql", "mariadb")

    def key(self, number: int) -> bytes | int:
        return number if self is Ids.INTEGER else bytes([number]) + bytes(range(15))


def tables(ids: Ids) -> sa.MetaData:
    """The product's default tables, as far as their names are inferred."""
    found = sa.MetaData()
    text = sa.String(255)
    sa.Table(
        "ec_project", found,
        sa.Column("id", ids.type(), primary_key=True, autoincrement=False), sa.Column("name", text),
    )  # fmt: skip
    sa.Table(
        "ec_credential", found,
        sa.Column("id", ids.type(), primary_key=True, autoincrement=False), sa.Column("name", text),
        sa.Column("user_name", text), sa.Column("password", sa.Text), sa.Column("credential_type", text),
        sa.Column("modified", sa.DateTime),
        sa.Column("project_id", ids.type(), sa.ForeignKey("ec_project.id")),
    )  # fmt: skip
    sa.Table(
        "ec_directory_provider", found,
        sa.Column("name", text, primary_key=True), sa.Column("manager_dn", text),
        sa.Column("manager_password", sa.LargeBinary),
    )  # fmt: skip
    sa.Table("ec_user", found, sa.Column("name", text, primary_key=True), sa.Column("password", text))
    sa.Table(
        "ec_configuration_history", found,
        sa.Column("passkey_fingerprint", text), sa.Column("last_use_date", text),
    )  # fmt: skip
    return found


def fill(engine: sa.Engine, ids: Ids) -> None:
    """Make the tables and their rows."""
    made = tables(ids)
    rows = made.tables
    projects = [{"id": ids.key(1), "name": "Demo"}, {"id": ids.key(2), "name": "Überläufer"}]
    with engine.begin() as connection:
        made.create_all(connection)
        connection.execute(rows["ec_project"].insert(), projects)
        connection.execute(
            rows["ec_credential"].insert(), [_credential(ids, number) for number in range(10, 20)]
        )
        connection.execute(
            rows["ec_directory_provider"].insert(),
            [{"name": "ldap", "manager_dn": "cn=m", "manager_password": bytes(range(16))}],
        )
        connection.execute(rows["ec_user"].insert(), [{"name": "admin", "password": ""}])
        connection.execute(
            rows["ec_configuration_history"].insert(),
            [{"passkey_fingerprint": FINGERPRINT, "last_use_date": "2014-05-25 05:29:38"}],
        )


def _credential(ids: Ids, number: int) -> dict[str, object]:
    return {
        "id": ids.key(number),
        "name": f"credential {number} « naïve »",
        "user_name": None if number % 3 == 0 else f"user {number}",
        "password": None if number == 11 else CIPHERTEXT,
        "credential_type": "LOCAL",
        "modified": datetime.fromisoformat("2021-03-04T05:06:07"),
        "project_id": ids.key(1 + number % 2),
    }
