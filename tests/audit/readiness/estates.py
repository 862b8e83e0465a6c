"""Estates made for checks: one in which everything is in order, to be changed in one point."""

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import make_key_ring
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.product import Product
from audit.readiness.estate import ConfFolder, Estate, FileMode, JudgedStores, KeyPlace
from audit.verdict import Verdict
from parsers.keys.key_file import KeyFile, make_key_file
from parsers.product import ConnectionDetails
from parsers.secret import Secret
from parsers.stores.interface import FingerprintSeen
from parsers.unread import Unread
from tests.support.sealing import seal

OLD = bytes(range(16))
OTHER = bytes(range(100, 116))
NEW = bytes(range(32))
UNREAD = Unread("somewhere", "", "no right to read it")


def key_file(label: str, content: bytes = OLD) -> KeyFile:
    return make_key_file(label, label, Secret(content), path=None)


def fingerprint(content: bytes = OLD) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def sealed_password(key: bytes = OLD) -> Secret:
    layout = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
    return Secret(seal(layout, key, b"commander-db!", random.Random(1)))


def conf_folder(
    label: str,
    *,
    key: bytes | None = OLD,
    password: Secret | None = None,
    left_over: tuple[str, ...] = (),
    listed: bool = True,
    unread: tuple[Unread, ...] = (),
) -> ConfFolder:
    return ConfFolder(
        label=label,
        path=Path("/"),
        system="" if key is None else CLOUDBEES_CD.id,
        key=None if key is None else key_file(f"{label}/passkey", key),
        database=ConnectionDetails("mysql+pymysql://u@db.example:3307/commander", password),
        left_over=left_over,
        listed=listed,
        unread=unread,
    )


def judged(
    *verdicts: Verdict,
    product: Product = CLOUDBEES_CD,
    fingerprints: Iterable[FingerprintSeen] = (),
    unread: tuple[Unread, ...] = (),
) -> JudgedStores:
    rows = [
        {
            "system": product.id,
            "kind": "credential",
            "location": f"/c{n}",
            "verdict": verdict.value,
            "store": "s",
        }
        for n, verdict in enumerate(verdicts)
    ]
    columns = ("system", "kind", "location", "verdict", "store")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    return JudgedStores(("store",), frame, tuple(fingerprints), unread)


def none_given() -> JudgedStores:
    return JudgedStores((), judged().credentials, (), ())


def history(content: bytes = OLD, when: str = "2021-03-04 05:06:07") -> FingerprintSeen:
    return FingerprintSeen("ec_configuration_history", fingerprint(content), when)


def stamp(content: bytes = OLD) -> FingerprintSeen:
    return FingerprintSeen("export.xml passkey attribute", fingerprint(content), "")


FINE = (Verdict.CURRENT, Verdict.CURRENT, Verdict.EMPTY, Verdict.EXTERNAL)


def sound_estate(*, current: bytes = OLD, product: Product = CLOUDBEES_CD) -> Estate:
    """Before the upgrade to 9.2: two nodes, ZooKeeper's copy, a backup, an export of a sister server."""
    conf = tuple(
        conf_folder(label, key=current, password=sealed_password(current)) for label in ("node1", "node2")
    )
    places = [KeyPlace(f"{folder.label}/passkey", folder.key) for folder in conf if folder.key]
    zookeeper = key_file("zookeeper", current)
    candidates = [key_file("passkey", current), key_file("another", OTHER)]
    return Estate(
        product=product,
        ring=make_key_ring(product, [*candidates, zookeeper], current_label="passkey", seen=()),
        stores=judged(*FINE, product=product, fingerprints=[history(current), history(OTHER, "2019-01-01")]),
        imports=judged(Verdict.CURRENT, product=product, fingerprints=[stamp(current)]),
        backup=judged(*FINE, product=product),
        key_places=(*places, KeyPlace("zookeeper", zookeeper)),
        key_modes=(FileMode("/conf/passkey", 0o600), FileMode("/backup/passkey", 0o400)),
        conf=conf,
        unread_keys=(),
    )
