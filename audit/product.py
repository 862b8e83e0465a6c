"""What a product is to the audit: one value that answers everything that only this product needs.

The rest of `audit` names no product. It takes a `Product` from a stored value's `system` (`audit.products`),
or from the key ring, and asks it. Whoever adds one writes `audit/<product>/` and `parsers/<product>/`, makes
a value of this type there, and enters it in `audit/products.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from audit.layouts.layout import Layout
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport
from parsers.logs.schema import FINDINGS
from parsers.product import ConnectionDetails
from parsers.secret import Secret
from reports.files import atomic_file
from reports.product_guide import ProductGuide

if TYPE_CHECKING:
    from audit.keys.key_ring import Key, KeyRing
    from audit.readiness.check import Rule
    from audit.readiness.estate import Estate
    from audit.run.stores_reading import StoresReading
    from parsers.stores.interface import FingerprintSeen, PasswordCheck, Store
    from parsers.stores.mapping import HistoryTable
    from parsers.stores.mapping import Mapping as StoreMapping
    from parsers.stores.store_writer import ValueChange


@dataclass(frozen=True, slots=True)
class KeyRules:
    """Which files are keys of a product, and which of them are one key.

    Attributes:
        may_be: whether a file can be a key of this product at all.
        has_form: whether it has a form that only this product's keys have. Such a file is never taken for a
            key of another product, unless that product's stores name it.
        identity: what makes two files one key.
        named_by_fingerprint: whether stores and logs name keys by the SHA-1 of their files.
        named_by_report: the label of the key that the product's own report names as current, if any.
        copies: whose copies of a node's key file there may be, and where they lie.
        from_passwords: the keys that a password may stand for, by the prefix of references to such passwords;
            given what to call them, the reference without its secret part, and the password.
        no_form: what is wrong with a file that is no key in the published form, and what to give instead.
    """

    may_be: Callable[[KeyFile], bool]
    has_form: Callable[[KeyFile], bool]
    identity: Callable[[KeyFile], Secret]
    named_by_fingerprint: bool
    named_by_report: Callable[[Sequence[KeyFile], RotationReport | None], str | None]
    copies: tuple[str, str] = ("", "")
    from_passwords: Mapping[str, Callable[[str, str, Secret], Sequence[KeyFile]]] = field(
        default_factory=dict
    )
    no_form: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class AuditedValues:
    """An audit of one product, for it to add findings and remarks of its own.

    Attributes:
        stores: what the stores hold of it.
        values: its values, judged: the columns of `STORED` without the values, and of a judgement.
        files: the key files of the run.
        ring: its keys.
        report: what the product said of a rotation of its key.
    """

    stores: "StoresReading"
    values: pl.DataFrame
    files: Sequence[KeyFile]
    ring: "KeyRing"
    report: RotationReport | None


@dataclass(frozen=True, slots=True)
class Supplement:
    """What a product adds to the verdicts.

    Attributes:
        findings: the `FINDINGS` schema.
        remarks: one sentence each.
        report: the audit in the form of the product's own report; "" where it has none.
    """

    findings: pl.DataFrame = field(default_factory=FINDINGS.to_frame)
    remarks: tuple[str, ...] = ()
    report: str = ""


def no_supplement(_: AuditedValues) -> Supplement:
    """The supplement of a product that adds nothing."""
    return Supplement()


@dataclass(frozen=True, slots=True)
class ReadinessRules:
    """What `readiness` checks and says.

    Attributes:
        key_names: how a node's folder names the file with the key; the first that is there counts.
        rules: the checks, in the order of the report.
        key_places: which key stands where; they are to agree.
        steps_title: what the steps are for, with their source.
        steps: the vendor's order of an upgrade or a rotation, with this estate's names.
    """

    key_names: tuple[str, ...]
    rules: tuple["Rule", ...]
    key_places: Callable[["Estate"], Iterator[tuple[str, str]]]
    steps_title: str
    steps: Callable[["Estate"], list[str]]


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A finished change of the key, for the steps after it.

    Attributes:
        ring: the product's keys.
        target: the key under which everything opens now.
        seen: the fingerprints that the stores name.
        history: the table in which keys are dated.
    """

    ring: "KeyRing"
    target: "Key"
    seen: Sequence["FingerprintSeen"]
    history: "HistoryTable"


@dataclass(frozen=True, slots=True)
class RekeyingRules:
    """What a re-encryption has to know.

    Attributes:
        discarding: how the server starts without what it cannot open, as part of a sentence; "" if it
            offers no such thing.
        steps_after: what people have to do on every node afterwards.
        with_zero_vectors: stores in which every value has a vector of zeros, since there the key is new each
            time; given values with `system`, `store`, `value`.
        password_checks: changes that make the password check of an export open under the target.
    """

    discarding: str
    steps_after: Callable[[KeyChange], Iterator[str]]
    with_zero_vectors: Callable[[pl.DataFrame], Collection[str]]
    password_checks: Callable[
        ["Key", str, Sequence["PasswordCheck"], Sequence["Key"]], Iterator["ValueChange"]
    ]


@dataclass(frozen=True, slots=True)
class RekeyedFile:
    """A file of a product's own, with its secret under the target key: what it will hold, not yet written.

    Attributes:
        secret: what the product calls the secret in it, for a sentence.
        out: the file that is to come about; the one that is there stays.
        content: all of it.
    """

    secret: str = field(repr=False)
    out: Path
    content: bytes = field(repr=False)

    def write(self) -> None:
        """Write it.

        Raises:
            OutputError: it cannot be written.
        """
        with atomic_file(self.out) as file:
            file.write(self.content)


@dataclass(frozen=True, slots=True)
class ConnectionFile:
    """A file of a product's own that says where its database is, with the password of it under its key.

    Attributes:
        name: what it is called in a node's folder.
        read: what such a file says; raises `StoreError`.
        recognises: whether a file is one of this product's, by its name; asked only where several products
            have such files.
        open: the database as a store, the password opened by one of the keys unless it is given.
        rekeyed: of such files the one whose password is to open under the target: a new file, not yet
            written; given the files, the keys, the target, where it goes, and layouts that values show.
    """

    name: str
    read: Callable[[Path], ConnectionDetails]
    recognises: Callable[[Path], bool]
    open: Callable[[Path, Sequence["Key"], Secret | None, "StoreMapping"], "Store"]
    rekeyed: Callable[[Sequence[Path], "KeyRing", "Key", Path | None, Collection[Layout]], RekeyedFile | None]


def nothing_meant(_: str) -> pl.Expr:
    """What an entry names of a product whose values are no parts of documents."""
    return pl.lit(value=False)


@dataclass(frozen=True, slots=True)
class Product:
    """A server that keeps other systems' secrets.

    Attributes:
        id: as the column `system` has it.
        guide: what reports say about it: its name, how a secret is entered again, where its keys may be.
        layouts: in which its values may lie, those to try first in front.
        published: those that need no evidence, since the vendor documents them; what is written anew lies in
            the first. None where the layout is to be found from the data.
        keys: its keys.
        readiness: its checks.
        rekeying: its re-encryption.
        supplement: what it adds to the verdicts of a run.
        connection: its own file that says where its database is; None where there is none that is read.
        document_meant: whether a value, told by its `record`, is of the document that a log entry names.
        own_words: words of its files, places and messages, which name nobody's estate; split at blanks.
    """

    id: str
    guide: ProductGuide
    layouts: tuple[Layout, ...]
    published: tuple[Layout, ...]
    keys: KeyRules
    readiness: ReadinessRules
    rekeying: RekeyingRules
    supplement: Callable[[AuditedValues], Supplement] = no_supplement
    connection: ConnectionFile | None = None
    document_meant: Callable[[str], pl.Expr] = nothing_meant
    own_words: str = ""

    @property
    def title(self) -> str:
        """Its name, for people."""
        return self.guide.title
