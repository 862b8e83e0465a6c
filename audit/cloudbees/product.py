"""CloudBees CD, as the audit knows it."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from audit.cloudbees.layouts import LAYOUTS
from audit.cloudbees.properties_file import CONNECTION
from audit.cloudbees.readiness_checks import (
    DATABASE_PASSWORD,
    LEFT_OVER,
    OLDER_KEY,
    database_password_opens,
    key_places,
    no_files_left_over,
    older_key_in_place,
)
from audit.cloudbees.reentry import GUIDE
from audit.cloudbees.steps import steps_after, upgrade_steps
from audit.product import KeyRules, Product, ReadinessRules, RekeyingRules
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
from parsers.cloudbees import ID
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport
from parsers.secret import Secret


def _any_file(_: KeyFile) -> bool:
    """What a passkey file holds is public nowhere."""
    return True


def _no_form(_: KeyFile) -> bool:
    return False


def _whole_file(file: KeyFile) -> Secret:
    """Every byte counts: the fingerprint is that of the whole file (KBEC-00497)."""
    return file.content


def _by_no_report(_files: Sequence[KeyFile], _report: RotationReport | None) -> None:
    return None


def _no_stores(_: pl.DataFrame) -> frozenset[str]:
    return frozenset()


_OWN_WORDS: Final = """
agent agents bundle cbflow cloudbees commander conf ec electriccloud electriccommander passkey properties repo
repository sda wrapper
credentials devopsinsightserverconfiguration directoryproviders emailconfigs plugins project projects users
"""

CLOUDBEES_CD: Final[Product] = Product(
    id=ID,
    guide=GUIDE,
    layouts=LAYOUTS,
    published=(),
    keys=KeyRules(
        may_be=_any_file,
        has_form=_no_form,
        identity=_whole_file,
        named_by_fingerprint=True,
        named_by_report=_by_no_report,
        copies=("ZooKeeper's", "/commander/conf/passkey"),
    ),
    readiness=ReadinessRules(
        key_names=("passkey",),
        rules=(
            Rule(OPEN, values_open),
            Rule(ONE_KEY, one_key),
            Rule(OLDER_KEY, older_key_in_place),
            Rule(DATABASE_PASSWORD, database_password_opens),
            Rule(LEFT_OVER, no_files_left_over),
            Rule(PERMISSIONS, key_permissions),
            Rule(BACKUP, backup_tested),
            Rule(IMPORTS, imports_fit),
        ),
        key_places=key_places,
        steps_title="The upgrade to 9.2 or later, in order (KBEC-00441, with one mistake corrected)",
        steps=upgrade_steps,
    ),
    rekeying=RekeyingRules(
        discarding="discarding with ignorePasskeyMismatch",
        steps_after=steps_after,
        with_zero_vectors=_no_stores,
        password_checks=lambda *_: iter(()),
    ),
    connection=CONNECTION,
    own_words=_OWN_WORDS,
)
