"""What the elements of an export mean: which hold a secret, and where in the tree it lies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from xml.parsers.expat import XMLParserType

from parsers.archives.interface import EntryStream
from parsers.cloudbees import kinds
from parsers.cloudbees.stores.export_raw_texts import RawText
from parsers.errors import StoreError
from parsers.stores.batches import StoredRow
from parsers.stores.interface import FingerprintSeen, NotAudited, StoreEvent, Uncovered
from parsers.stores.secret_kind import SecretKind
from parsers.stores.unmapped import PlaceSearch, in_words
from parsers.unread import Unread

_PROJECT_OF_PATH: Final = re.compile(r"/projects/([^/]+)|/plugins/([^/]+)/project(?:/|$)")


class ExportTree:
    """The open elements, outermost first, and the names that they have given so far.

    `<project><projectName>P</projectName>…` makes `/projects/P`: an element X is named by its child XName,
    which in exports precedes everything nested. Elements without a name add nothing to a path.

    Attributes:
        tags: the open elements.
        names: their names, "" where there is none; as long as `tags`.
    """

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.names: list[str] = []
        self._plugins: dict[int, str] = {}
        self._export_path = ""

    def text(self, parent: str, tag: str, text: str) -> None:
        """The innermost element, a child of `parent`, holds this text."""
        owner = len(self.tags) - 2
        if tag == "exportPath":
            self._export_path = text.strip().rstrip("/")
        elif tag == f"{parent}Name":
            self.names[owner] = text
        elif tag == "pluginName" and text:
            self._plugins[owner] = text

    def leave(self) -> None:
        """The innermost element ends."""
        self.tags.pop()
        self.names.pop()
        if self._plugins:
            self._plugins.pop(len(self.tags), None)

    def element_path(self) -> str:
        """The innermost element by element names alone: `/exportedData/project/step/password`."""
        return "/" + "/".join(self.tags)

    def owner(self) -> tuple[str, str]:
        """Project and path of what the innermost element belongs to: `("P", "/projects/P")`."""
        path = self._base(self.tags[1])
        in_project = _PROJECT_OF_PATH.match(self._export_path)
        project = (in_project[1] or in_project[2]) if in_project else ""
        for depth in range(1, len(self.tags) - 1):
            tag, name = self.tags[depth], self.names[depth]
            if tag == "project":
                project = name
                path = self._project_path(depth, path)
            elif name:
                path += f"/{_plural(tag)}/{name}"
        return project, path

    def _project_path(self, depth: int, path: str) -> str:
        """A plug-in's own project is found below the plug-in, not among the projects."""
        if self.tags[depth - 1] == "plugin":
            return f"{path}/project"
        if depth == 1 and self._export_path.endswith("/project"):
            return self._export_path
        if plugin := self._plugins.get(depth):
            return f"/plugins/{plugin}/project"
        return f"{path}/projects/{self.names[depth]}"

    def _base(self, outermost: str) -> str:
        """`exportPath` without the part that the outermost exported element itself stands for."""
        head, found, _ = f"{self._export_path}/".rpartition(f"/{_plural(outermost)}/")
        return head if found else self._export_path


def _plural(tag: str) -> str:
    if tag.endswith("y") and tag[-2:-1] not in {"a", "e", "o"}:
        return f"{tag[:-1]}ies"
    return f"{tag}es" if tag.endswith(("s", "x", "ch")) else f"{tag}s"


ROOT: Final = "exportedData"
MAX_DEPTH: Final = 1_000
"""Full exports nest some dozens of levels; property sheets two more for each level of properties."""
MAX_TEXT: Final = 4 << 20
"""Characters of a name or value; the secret of a 2 MB certificate store still fits."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """An element that holds a secret in a direct child.

    Attributes:
        kind: of the secret.
        secret: the child with the stored value; without it the element holds none.
        user: the child with the user name.
        names: children that may carry the name.
    """

    kind: SecretKind
    secret: str
    user: str
    names: tuple[str, ...]


_HOLDERS: Final = {
    "credential": _Holder(kinds.CREDENTIAL, "password", "userName", ("credentialName",)),
    "directoryProvider": _Holder(
        kinds.DIRECTORY_PROVIDER, "managerPassword", "managerDn", ("directoryProviderName", "providerName")
    ),
    "emailConfig": _Holder(
        kinds.EMAIL_CONFIG, "mailUserPassword", "mailUser", ("emailConfigName", "configName")
    ),
    "devOpsInsightServerConfiguration": _Holder(kinds.DEVOPS_INSIGHT, "password", "userName", ()),
    "user": _Holder(kinds.USER, "password", "", ("userName",)),
}
_EXTERNAL: Final = "EXTERNAL"
_DETAILS: Final = ("credentialType", "modifyTime")
_FIELDS: Final = {
    tag: frozenset((holder.secret, holder.user, *holder.names, *_DETAILS)) - {""}
    for tag, holder in _HOLDERS.items()
}
_ALL_FIELDS: Final = frozenset[str]().union(*_FIELDS.values())
_PLACE_TEXTS: Final = frozenset({(ROOT, "exportPath"), ("project", "pluginName")})
_FINGERPRINT: Final = re.compile("[0-9a-f]{40}")
_UNNAMED: Final = frozenset({"propertyName"})
"""Properties own no credentials, and exports consist of them."""


@lru_cache(maxsize=4_096)
def _may_matter(tag: str) -> bool:
    """Whether an element of this name can matter at all; most do not, and this is asked for every one."""
    if tag in _UNNAMED:
        return False
    return tag.endswith("Name") or tag in _ALL_FIELDS or tag == "exportPath"


class ExportElements:
    """Listens to expat and collects what is stored.

    The handlers see every element of gigabytes: whatever does not matter must leave them at once.
    """

    def __init__(self, parser: XMLParserType, leaf: EntryStream) -> None:
        self._parser = parser
        self._leaf = leaf
        self._tree = ExportTree()
        self._fields: list[dict[str, str]] = []
        self._secret_at = 0
        self._done: list[StoredRow | StoreEvent] = []
        self._uncovered = PlaceSearch()
        self._pieces: list[str] = []
        self._collecting = 0
        self._length = 0
        self._text_at = -1
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_document_type

    def finished(self) -> list[StoredRow | StoreEvent]:
        """What was completed since the last call."""
        done, self._done = self._done, []
        return done

    def uncovered(self) -> Iterator[Uncovered]:
        """Places where something looks like ciphertext that no known element explains."""
        for place, forms in self._uncovered.found():
            yield Uncovered(self._leaf.path, place, forms.total(), in_words(forms))

    def tell_not_searched(self) -> None:
        """Its bytes are not those of the letters."""
        reason = "not searched for ciphertext in other places: the export is written in UTF-16"
        self._done.append(NotAudited(self._leaf.path, self._leaf.member or "export", reason))

    def look_at(self, found: RawText) -> None:
        """A text or attribute that begins where the parser stands; it is ciphertext perhaps."""
        tags = self._tree.tags
        path = self._tree.element_path()
        if found.tag:
            self._uncovered.add(
                f"{path.rstrip('/')}/{found.tag}/@{found.attribute}", found.attribute, [found.text]
            )
        elif len(tags) > 1 and tags[-1] not in _FIELDS.get(tags[-2], ()):
            self._uncovered.add(path, tags[-1], [found.text])

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tags = self._tree.tags
        if _may_matter(tag):
            if tags and self._matters(tag, tags[-1]):
                self._collect()
        elif tag in _HOLDERS:
            self._fields.append({})
        tags.append(tag)
        self._tree.names.append("")
        if len(tags) == 1:
            self._root(tag, attributes)
        elif len(tags) > MAX_DEPTH:
            raise StoreError(f"elements are nested more than {MAX_DEPTH} deep")

    def _end(self, tag: str) -> None:
        tree = self._tree
        if len(tree.tags) == self._collecting:
            self._text_ended(tag)
        elif tag in _HOLDERS:
            self._holder_ended(_HOLDERS[tag], self._fields.pop())
        tree.leave()

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        if tag != ROOT:
            raise StoreError(f"not an export of CloudBees CD: the root element is {tag[:80]!r}")
        fingerprint = attributes.get("passkey", "").lower()
        if _FINGERPRINT.fullmatch(fingerprint):
            self._done.append(FingerprintSeen(f"{self._leaf.path} passkey attribute", fingerprint, ""))

    @staticmethod
    def _matters(tag: str, parent: str) -> bool:
        return tag in _FIELDS.get(parent, ()) or tag == f"{parent}Name" or (parent, tag) in _PLACE_TEXTS

    def _collect(self) -> None:
        self._pieces = []
        self._length = 0
        self._text_at = -1
        self._collecting = len(self._tree.tags) + 1
        self._parser.CharacterDataHandler = self._text

    def _text(self, piece: str) -> None:
        if not self._pieces:
            self._text_at = self._parser.CurrentByteIndex
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > MAX_TEXT:
            self._stop_collecting()
            reason = f"byte {self._text_at}: a text of more than {MAX_TEXT} characters was left out"
            self._done.append(Unread(self._leaf.path, self._leaf.member, reason, self._text_at, partial=True))

    def _stop_collecting(self) -> None:
        self._collecting = 0
        self._parser.CharacterDataHandler = None

    def _text_ended(self, tag: str) -> None:
        self._stop_collecting()
        text = "".join(self._pieces)
        parent = self._tree.tags[-2]
        self._tree.text(parent, tag, text)
        if tag in _FIELDS.get(parent, ()):
            self._fields[-1][tag] = text
            if tag == _HOLDERS[parent].secret:
                self._secret_at = self._text_at if text else self._parser.CurrentByteIndex

    def _holder_ended(self, holder: _Holder, fields: dict[str, str]) -> None:
        if holder.secret not in fields:
            if fields.get("credentialType", "").upper() != _EXTERNAL:
                return
            # Exports of 10.4 have no <password> there: the secret is in another system.
            fields[holder.secret] = ""
            self._secret_at = self._parser.CurrentByteIndex
        name = next((fields[field] for field in holder.names if field in fields), "")
        project, place = "", holder.kind.location("", name)
        if holder.kind is kinds.CREDENTIAL:
            project, owner = self._tree.owner()
            place = f"{owner}/credentials/{name}"
        self._done.append(
            StoredRow(
                system=holder.kind.system,
                kind=holder.kind.name,
                project=project,
                name=kinds.ONLY_NAME if holder.kind is kinds.DEVOPS_INSIGHT else name,
                user_name=fields.get(holder.user, ""),
                location=place,
                credential_type=fields.get("credentialType", ""),
                modified=fields.get("modifyTime", ""),
                value=fields[holder.secret].encode() or None,
                iv=None,
                record=f"byte {self._secret_at}",
            )
        )


def _refuse_document_type(*_declaration: object) -> None:
    raise StoreError(
        "a document type is declared, which no export has",
        hint="document types can hide external entities; remove the DOCTYPE if the file is your own",
    )
