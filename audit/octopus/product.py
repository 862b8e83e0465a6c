"""Octopus Deploy, as the audit knows it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from audit.octopus.beside import named_by_report, said_beside
from audit.octopus.document_types import is_meant
from audit.octopus.key_places import key_places
from audit.octopus.layouts import LAYOUTS
from audit.octopus.migrator_export import checks_for
from audit.octopus.reentry import GUIDE
from audit.octopus.steps import rotation_steps
from audit.octopus.steps_after import steps_after
from audit.octopus.zero_vectors import with_zero_vectors
from audit.product import KeyRules, Product, ReadinessRules, RekeyingRules
from audit.readiness.check import Rule
from audit.readiness.key_permissions import PERMISSIONS, key_permissions
from audit.readiness.one_key import ONE_KEY, one_key
from audit.readiness.shared_checks import BACKUP, IMPORTS, OPEN, backup_tested, imports_fit, values_open
from parsers import products
from parsers.keys.key_file import KeyFile
from parsers.keys.octopus_password import PasswordUse, password_keys
from parsers.secret import Secret


def _holds_master_key(file: KeyFile) -> bool:
    return file.master_key is not None


def _master_key(file: KeyFile) -> Secret:
    """A master key is known by itself, whatever form it is written in."""
    return file.master_key or file.content


def _of_password(use: PasswordUse, label: str, reference: str, password: Secret) -> Sequence[KeyFile]:
    """The keys of an export by the Migrator, or of an offline drop: each has a password of its own."""
    return password_keys(label, reference, use, password)


OCTOPUS: Final[Product] = Product(
    id=products.OCTOPUS,
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
            'A rotation of the master key, in order (docs, "Rotating the Master Key", with its gaps mended)'
        ),
        steps=rotation_steps,
    ),
    rekeying=RekeyingRules(
        discarding="",
        steps_after=steps_after,
        with_zero_vectors=with_zero_vectors,
        password_checks=checks_for,
    ),
    beside=said_beside,
    document_meant=is_meant,
    own_words="config configuration master octopus octopusserver server",
)
