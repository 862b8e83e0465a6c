"""The list of checks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from audit.layouts.known import CLOUDBEES_CD, OCTOPUS
from audit.readiness.check import About, Check
from audit.readiness.conf_checks import (
    DATABASE_PASSWORD,
    LEFT_OVER,
    database_password_opens,
    no_files_left_over,
)
from audit.readiness.estate import Estate
from audit.readiness.key_permissions import PERMISSIONS, key_permissions
from audit.readiness.older_key import OLDER_KEY, older_key_in_place
from audit.readiness.one_key import ONE_KEY, one_key
from audit.readiness.values_open import BACKUP, IMPORTS, OPEN, backup_tested, imports_fit, values_open

_BOTH: Final = frozenset({CLOUDBEES_CD, OCTOPUS})
_CLOUDBEES: Final = frozenset({CLOUDBEES_CD})


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, which one it is, and the products that it is for."""

    about: About
    systems: frozenset[str]
    check: Callable[[Estate], Check]


CHECKS: Final = (
    Rule(OPEN, _BOTH, values_open),
    Rule(ONE_KEY, _BOTH, one_key),
    Rule(OLDER_KEY, _CLOUDBEES, older_key_in_place),
    Rule(DATABASE_PASSWORD, _CLOUDBEES, database_password_opens),
    Rule(LEFT_OVER, _CLOUDBEES, no_files_left_over),
    Rule(PERMISSIONS, _BOTH, key_permissions),
    Rule(BACKUP, _BOTH, backup_tested),
    Rule(IMPORTS, _BOTH, imports_fit),
)
"""Every check, in the order of the report."""


def make_checks(estate: Estate) -> list[Check]:
    """Each check that is for a product of this estate; all of them where no value tells the product."""
    return [
        rule.check(estate)
        for rule in CHECKS
        if not estate.systems or not estate.systems.isdisjoint(rule.systems)
    ]
