"""The folder that `Octopus.Migrator export` writes: documents under a key from a password, one a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parsers.errors import ArchiveError, StoreError
from parsers.octopus.stores.documents import Document, DocumentValue, held_in, record
from parsers.octopus.stores.source import ID, JSON, Row, read_documents
from parsers.octopus.stores.tables import table_named
from parsers.stores.interface import NotAudited, PasswordCheck, StoreEvent
from parsers.stores.store_file import Look, StoreFile
from parsers.stores.strict_json import json_object
from parsers.stores.text_encoding import encoding_of
from parsers.unread import Unread

METADATA: Final = "metadata.json"
CHECK: Final = "Hello"
"""The member of `metadata.json` whose plain text is its own name: it checks the password."""

_BY_ENDING: Final = {
    "-variableset": "VariableSet",
    "-deploymentprocess": "DeploymentProcess",
    "-runbookprocess": "RunbookProcess",
}


@dataclass(frozen=True, slots=True)
class MigratorFolder:
    """A `Store` over the folder; its values say nothing of the master key, only of the export's password.

    Attributes:
        reference: the path as given.
        look: how the bytes of its documents are looked at, as in `StoreFile`.
    """

    reference: str
    look: Look | None = field(default=None, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The path as given."""
        return self.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`; a `PasswordCheck` where `metadata.json` holds one."""
        return read_documents(self)

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """As `DocumentSource.items`."""
        del naming  # which files name something is known only once they are read
        for path, name in self._files():
            try:
                if not _is_document(path):
                    yield NotAudited(self.reference, name, "no JSON: not read")
                elif name == METADATA:
                    yield self._check(path)
                else:
                    yield _row(name, self._content(path))
            except (StoreError, ArchiveError) as error:
                yield Unread(self.reference, name, error.message)

    def documents(self) -> list[StoreFile]:
        """The files that are read."""
        return [StoreFile(str(path), look=self.look) for path, name in self._files() if _is_document(path)]

    def _files(self) -> Iterator[tuple[Path, str]]:
        root = Path(self.reference)
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not name.startswith("."):
                yield path, name

    def _check(self, path: Path) -> PasswordCheck | NotAudited:
        metadata = Document("metadata", METADATA, json_object(self._content(path)), {})
        found = [each for each in held_in(metadata) if isinstance(each, DocumentValue) and each.value]
        named = [each for each in found if each.path[-1] == CHECK] or found
        if not named:
            return NotAudited(
                self.reference, METADATA, f"it holds no {CHECK!r}: the password cannot be checked"
            )
        check = named[0]
        return PasswordCheck(self.reference, (check.value or "").encode(), record(metadata, check.path))

    def _content(self, path: Path) -> str:
        content = StoreFile(str(path), look=self.look).whole()
        return content.decode(encoding_of(content), "backslashreplace")


def is_migrator_folder(folder: Path) -> bool:
    """Whether `metadata.json` stands in it, or documents with a `$type` lie in folders of its kinds."""
    if (folder / METADATA).is_file():
        return True
    kinds = (each for each in folder.iterdir() if each.is_dir() and table_named(each.name))
    first = next((path for kind in kinds for path in sorted(kind.rglob("*.json"))), None)
    return first is not None and b'"$type"' in StoreFile(str(first)).head()


def _is_document(path: Path) -> bool:
    return path.suffix.casefold() == ".json"


def _row(name: str, content: str) -> Row:
    members = json_object(content)
    id_ = members.get("Id")
    return Row(
        _table(name, members.get("$type")),
        {ID: id_ if isinstance(id_, str) and id_ else name.removesuffix(".json"), JSON: content},
    )


def _table(name: str, type_: object) -> str:
    """By the file's name, its folder, or its `$type`: `Octopus.Core.Model.Projects.Project, Octopus.Core`."""
    stem = name.removesuffix(".json").casefold()
    ending = next((table for end, table in _BY_ENDING.items() if stem.endswith(end)), "")
    if not ending and stem.startswith("tenants/") and "-variables" in stem:
        ending = "TenantVariable"
    of_folder = table_named(name.partition("/")[0])
    of_type = type_.partition(",")[0].rpartition(".")[2] if isinstance(type_, str) else ""
    return ending or of_folder or table_named(of_type) or of_type or "document"
