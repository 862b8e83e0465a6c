"""Octopus Deploy, as the audit knows it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import polars as pl

from audit.octopus.documents import about_left_behind, count_documents, is_meant, judged_documents
from audit.octopus.layouts import LAYOUTS
from audit.octopus.migrator_export import about_passwords, checks_for, with_zero_vectors
from audit.octopus.nodes import compare_nodes, key_places
from audit.octopus.reentry import GUIDE
from audit.octopus.rotation_report import check_report, product_report
from audit.octopus.steps import rotation_steps, steps_after
from audit.product import AuditedValues, KeyRules, Product, ReadinessRules, RekeyingRules, Supplement
from audit.readiness.check import Rule
from audit.readiness.shared_checks import (
    BACKUP,
    IMPORTS,
    ONE_KEY,
    OPEN,
    PERMISSIONS,
    backup_tested,
    imports_fit,
    key_permissions,
    one_key,
    values_open,
)
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport
from parsers.octopus import ID
from parsers.octopus.keys.password import PasswordUse, password_keys
from parsers.secret import Secret


def _holds_master_key(file: KeyFile) -> bool:
    return file.master_key is not None and file.form_of == ID


def _master_key(file: KeyFile) -> Secret:
    """A master key is known by itself, whatever form it is written in."""
    return file.master_key or file.content


def _of_password(use: PasswordUse, label: str, reference: str, password: Secret) -> Sequence[KeyFile]:
    """The keys of an export by the Migrator, or of an offline drop: each has a password of its own."""
    return password_keys(label, reference, use, password)


def named_by_report(files: Sequence[KeyFile], report: RotationReport | None) -> str | None:
    """The candidate that a rotation report names as the new master key: what the server uses now."""
    key = report.new_key if report else None
    return next((file.label for file in files if key and file.master_key == key), None)


def supplement(audited: AuditedValues) -> Supplement:
    """Everything; of nodes alone where no value was read."""
    nodes = compare_nodes(audited.files, audited.ring)
    if not audited.values.height:
        return Supplement(nodes.findings, tuple(nodes.remarks))
    ring, stores = audited.ring, audited.stores
    documents = judged_documents(audited.values)
    counts = count_documents(documents, total=stores.documents)
    checked = check_report(audited.report, counts, ring) if audited.report else None
    remarks = (
        *nodes.remarks,
        *about_passwords(stores.checks, ring.keys),
        *(about_left_behind(audited.values) if ring.current else ()),
        *(checked.remarks if checked else ()),
    )
    current = ring.current.label if ring.current else ""
    return Supplement(
        findings=pl.concat([nodes.findings, *([checked.findings] if checked else [])]),
        remarks=remarks,
        report=product_report(counts, documents, current=current) if stores.documents else "",
    )


OCTOPUS: Final[Product] = Product(
    id=ID,
    guide=GUIDE,
    layouts=LAYOUTS,
    published=LAYOUTS,
    keys=KeyRules(
        may_be=_holds_master_key,
        has_form=_holds_master_key,
        identity=_master_key,
        named_by_fingerprint=False,
        named_by_report=named_by_report,
        from_passwords={str(use): partial(_of_password, use) for use in PasswordUse},
        no_form=("holds no master key", "give a key of 16 or 32 bytes in base64"),
    ),
    readiness=ReadinessRules(
        key_names=("OctopusServer.config", "Server.linux.config"),
        rules=(
            Rule(OPEN, values_open),
            Rule(ONE_KEY, one_key),
            Rule(PERMISSIONS, key_permissions),
            Rule(BACKUP, backup_tested),
            Rule(IMPORTS, imports_fit),
        ),
        key_places=key_places,
        steps_title=(
            'A rotation of the master key, in order (docs, "Rotating the Master Key", with its gaps filled)'
        ),
        steps=rotation_steps,
    ),
    rekeying=RekeyingRules(
        discarding="",
        steps_after=steps_after,
        with_zero_vectors=with_zero_vectors,
        password_checks=checks_for,
    ),
    supplement=supplement,
    document_meant=is_meant,
    own_words="config configuration master octopus octopusserver server",
)
