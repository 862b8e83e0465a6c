"""Octopus Deploy, as the parsers know it."""

from typing import TYPE_CHECKING, Final

from parsers.octopus import ID
from parsers.octopus.logs import server_log
from parsers.octopus.logs.phrases import KINDS, PHRASES
from parsers.product import KeyForms, LogForms, ProductFormats, ReportForm, StoreForms

if TYPE_CHECKING:
    from parsers.logs.rotation_report import RotationReport


def _report(text: str, path: str) -> "RotationReport":
    from parsers.octopus.logs.rotation_report import parse_rotation_report  # few runs have one

    return parse_rotation_report(text, path)


def _keys() -> KeyForms:
    from parsers.octopus.keys.config import is_octopus_config, open_octopus_config  # see parsers/product.py
    from parsers.octopus.keys.master_key import find_master_key

    return KeyForms(find=find_master_key, is_sealed=is_octopus_config, open_sealed=open_octopus_config)


def _stores() -> StoreForms:
    from parsers.octopus.stores.forms import STORES  # see parsers/product.py

    return STORES


OCTOPUS: Final = ProductFormats(
    id=ID,
    logs=LogForms(
        layouts=(server_log,),
        phrases=PHRASES,
        kinds=KINDS,
        report=ReportForm(_report, "it says 'Processed … documents.' and '…/… documents were updated'"),
    ),
    stores=_stores,
    keys=_keys,
    key_names=r"octopusserver\.config|server\.linux\.config",
)
