"""What a mapping says: which tables and columns of a database hold secrets, and what names them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from parsers.stores.secret_kind import SecretKind

Name = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """What a mapping consists of: checked, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ProjectTable(Frozen):
    """How a row finds the name of its project: `column` of the row equals `key` of `table`."""

    column: Name = "project_id"
    table: Name = "ec_project"
    key: Name = "id"
    name: Name = "name"


class SecretTable(Frozen):
    """A table with one secret a row.

    Attributes:
        table: its name.
        kind: what the secret belongs to, and thereby the product.
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
    kind: SecretKind
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

    @field_validator("kind", mode="before")
    @classmethod
    def _by_name(cls, kind: object, info: ValidationInfo) -> object:
        """A file names a kind; which ones there are is given as the context."""
        if info.context is None:
            return kind
        if not isinstance(kind, str) or kind not in info.context:
            raise PydanticCustomError(
                "kind", "input should be one of {kinds}", {"kinds": ", ".join(sorted(info.context))}
            )
        return info.context[kind]

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
        return self.location or self.kind.place

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


class HistoryTable(Frozen):
    """The table that dates the passkeys: one row a server start, the newest `last_used` is current.

    `fingerprints` are spellings of one column; the first is the product's own (KBEC-00497).
    """

    table: Name = "ec_configuration_history"
    fingerprints: tuple[Name, ...] = ("passkey_fingreprint", "passkey_fingerprint")
    last_used: Name = "last_use_date"


class Mapping(Frozen):
    """What to read: `named` tables must be there, `inferred` ones may be absent."""

    named: tuple[SecretTable, ...] = ()
    inferred: tuple[SecretTable, ...] = ()
    history: HistoryTable = HistoryTable()

    @property
    def tables(self) -> tuple[SecretTable, ...]:
        """All of them, in the order of reading."""
        return self.named + self.inferred
