"""Which tables and columns of a CloudBees CD database hold secrets, and what names them."""

import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from parsers.errors import StoreError

Kind = Literal["credential", "directory-provider", "email-config", "devops-insight", "user"]
Name = Annotated[str, Field(min_length=1)]

_LOCATIONS: Final[dict[Kind, str]] = {
    "credential": "{project}/credentials/{name}",
    "directory-provider": "/directoryProviders/{name}",
    "email-config": "/emailConfigs/{name}",
    "devops-insight": "/devOpsInsightServerConfiguration",
    "user": "/users/{name}",
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProjectTable(_Frozen):
    """How a row finds the name of its project: `column` of the row equals `key` of `table`."""

    column: Name = "project_id"
    table: Name = "ec_project"
    key: Name = "id"
    name: Name = "name"


class SecretTable(_Frozen):
    """A table with one secret a row.

    Attributes:
        table: its name.
        kind: what the secret belongs to, as in the `STORED` schema.
        value: the column that holds the ciphertext, text or binary.
        key: the column that identifies the row; by default `id` if the table has it, else the column of
            `name`, else that of `user_name`.
        name: the column of the credential's name.
        title: the name of every row, where no column holds one.
        user_name: the column of the account's name.
        credential_type: the column that distinguishes local from external credentials.
        modified: the column of the time of the last change.
        iv: the column of the value's initialization vector.
        project: how the row finds its project.
        location: where a person finds it, with `{project}` for the project's path (`/projects/P`,
            `/plugins/P/project`) and `{name}`; the kind's usual place where none is given.
    """

    table: Name
    kind: Kind
    value: Name
    key: Name | None = None
    name: Name | None = None
    title: str = ""
    user_name: Name | None = None
    credential_type: Name | None = None
    modified: Name | None = None
    iv: Name | None = None
    project: ProjectTable | None = None
    location: str = ""

    @field_validator("location")
    @classmethod
    def _known_places_only(cls, location: str) -> str:
        rest = location.replace("{project}", "").replace("{name}", "")
        if "{" in rest or "}" in rest:
            raise ValueError("only {project} and {name} are allowed in braces")
        return location

    @property
    def place(self) -> str:
        """The template of `location` that holds for this table."""
        return self.location or _LOCATIONS[self.kind]

    @property
    def roles(self) -> dict[str, str]:
        """The column for each role of `mapped_rows.ROW` that the mapping names one for."""
        roles = {
            "value": self.value,
            "key": self.key,
            "name": self.name,
            "user_name": self.user_name,
            "project_key": self.project.column if self.project else None,
            "credential_type": self.credential_type,
            "modified": self.modified,
            "iv": self.iv,
        }
        return {role: name for role, name in roles.items() if name is not None}

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that may identify a row; the first that the table has is used."""
        return tuple(name for name in (self.key or "id", self.name, self.user_name) if name is not None)


class HistoryTable(_Frozen):
    """The table that dates the passkeys: one row a server start, the newest `last_used` is current.

    `fingerprints` are spellings of one column; the first is the product's own (KBEC-00497).
    """

    table: Name = "ec_configuration_history"
    fingerprints: tuple[Name, ...] = ("passkey_fingreprint", "passkey_fingerprint")
    last_used: Name = "last_use_date"


class Mapping(_Frozen):
    """What to read: `named` tables must be there, `inferred` ones may be absent."""

    named: tuple[SecretTable, ...] = ()
    inferred: tuple[SecretTable, ...] = ()
    history: HistoryTable = HistoryTable()

    @property
    def tables(self) -> tuple[SecretTable, ...]:
        """All of them, in the order of reading."""
        return self.named + self.inferred


INFERRED_TABLES: Final = (
    SecretTable(
        table="ec_credential",
        kind="credential",
        value="password",
        name="name",
        user_name="user_name",
        credential_type="credential_type",
        modified="modified",
        project=ProjectTable(),
    ),
    SecretTable(
        table="ec_directory_provider",
        kind="directory-provider",
        value="manager_password",
        name="name",
        user_name="manager_dn",
        modified="modified",
    ),
    SecretTable(
        table="ec_email_config",
        kind="email-config",
        value="mail_user_password",
        name="name",
        user_name="mail_user",
        modified="modified",
    ),
    SecretTable(
        table="ec_devops_insight_server_config",
        kind="devops-insight",
        value="password",
        title="DevOps Insight",
        user_name="user_name",
        modified="modified",
    ),
    SecretTable(table="ec_user", kind="user", value="password", name="name", modified="modified"),
)
"""Inferred from the product's naming rule; CloudBees publishes neither the tables nor their columns."""

DEFAULT_MAPPING: Final = Mapping(inferred=INFERRED_TABLES)


class _MappingFile(_Frozen):
    """The shape of a mapping file: `[[tables]]`, `[history]`, and `defaults = false` to read nothing else."""

    tables: tuple[SecretTable, ...] = Field(default=(), max_length=1000)
    history: HistoryTable = HistoryTable()
    defaults: bool = True


def read_mapping(path: Path) -> Mapping:
    """The mapping that a TOML file describes.

    A table of the file replaces the default of the same name; the other defaults stay, unless the file
    says `defaults = false`.

    Raises:
        StoreError: the file cannot be read, or is not TOML, or not a mapping; one line says where.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        file = _MappingFile.model_validate(content)
    except OSError as error:
        raise StoreError(f"mapping file {str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise StoreError(f"mapping file {str(path)!r}: {_first_fault(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"mapping file {str(path)!r} is not TOML: {error}") from error
    named = {table.table.lower() for table in file.tables}
    kept = tuple(table for table in INFERRED_TABLES if table.table.lower() not in named)
    return Mapping(named=file.tables, inferred=kept if file.defaults else (), history=file.history)


def _first_fault(error: ValidationError) -> str:
    """Where in the file, and what: `tables.0.kind: input should be …`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in fault["loc"])
    return f"{where}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
