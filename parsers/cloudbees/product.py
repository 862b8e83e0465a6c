"""CloudBees CD, as the parsers know it."""

import re
from typing import Final

from parsers.cloudbees import ID
from parsers.cloudbees.kinds import KINDS as TABLE_KINDS
from parsers.cloudbees.logs import commander, wrapper
from parsers.cloudbees.logs.phrases import KINDS, PHRASES
from parsers.product import LogForms, ProductFormats, StoreForms, UpgradeTexts

_ATTEMPT: Final = "Attempting upgrade from database version"

# KBEC-00441 and the upgrade overview
_UPGRADE: Final = UpgradeTexts(
    attempt=_ATTEMPT,
    running="commanderServer is running",
    between=("Executing setup script",),
    version=re.compile(rf"{_ATTEMPT}\s+'?([\w.-]*\w)"),
)

# commander-cd-kestrel.log, commander-cd-kestrel.log.1.zip; never commander-service.log
_HOST: Final = re.compile(r"(?:^|[/\\])commander-(?!service\.log)([\w.-]+?)\.log(?:\.|$)")


def _stores() -> StoreForms:
    from parsers.cloudbees.stores.forms import STORES  # see parsers/product.py

    return STORES


CLOUDBEES_CD: Final = ProductFormats(
    id=ID,
    logs=LogForms(
        layouts=(commander, wrapper),
        phrases=PHRASES,
        kinds=KINDS,
        upgrade=_UPGRADE,
        host_in_path=_HOST,
    ),
    stores=_stores,
    table_kinds=TABLE_KINDS,
)
