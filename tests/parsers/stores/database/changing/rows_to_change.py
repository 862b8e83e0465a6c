"""A table of credentials with values to change, the same in every kind of database."""

import base64
import uuid
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from parsers.cloudbees.kinds import CREDENTIAL
from parsers.stores.database.changing.transactions import RetryPolicy
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.mapping import Mapping, SecretTable
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import in_place_writer
from parsers.stores.store_writer import InPlaceWriter, StoredCiphertext, ValueChange

VAULT: Final = SecretTable(table="vault", kind=CREDENTIAL, value="secret", name="name", iv="vector")
IMPATIENT: Final = RetryPolicy(waits=(0.0, 0.0), lock_seconds=1, sleep=lambda _: None)


def sealed(number: int, key: str) -> bytes:
    """A value as text, another for each number and key."""
    return base64.b64encode(uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {key}").bytes)


def change(record: str, number: int) -> ValueChange:
    """From the value under the old key to that under the new one."""
    return ValueChange(
        record, StoredCiphertext(sealed(number, "old")), StoredCiphertext(sealed(number, "new"))
    )


def back(changes: Sequence[ValueChange]) -> list[ValueChange]:
    """What undoes them."""
    return [ValueChange(each.record, each.new, each.old) for each in changes]


def opened(
    reference: str, mapping: Mapping = DEFAULT_MAPPING, retry_policy: RetryPolicy = IMPATIENT
) -> InPlaceWriter:
    """The store, ready to be changed."""
    found = in_place_writer(open_store(reference, mapping=mapping), retry_policy=retry_policy)
    assert found is not None
    return found


def credentials(engine: sa.Engine, keys: Sequence[object], kind: sa.types.TypeEngine[Any]) -> list[str]:
    """`ec_credential` with one row a key, and everything in it."""
    table = sa.Table(
        "ec_credential", sa.MetaData(),
        sa.Column("id", kind, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(80)), sa.Column("password", sa.String(255)),
    )  # fmt: skip
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(
            table.insert(),
            [
                {"id": key, "name": f"c{number}", "password": sealed(number, "old").decode()}
                for number, key in enumerate(keys)
            ],
        )
    return [f"ec_credential:id={key.hex() if isinstance(key, bytes) else key}" for key in keys]


def passwords(engine: sa.Engine) -> list[str]:
    """What stands in `ec_credential`, by name."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, password FROM ec_credential").all()
    return [password for _, password in sorted((int(name[1:]), password) for name, password in rows)]
