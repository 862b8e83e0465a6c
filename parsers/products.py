"""The products: this list alone names them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from parsers.cloudbees.product import CLOUDBEES_CD
from parsers.octopus.product import OCTOPUS
from parsers.product import ProductFormats
from parsers.stores.secret_kind import SecretKind

PRODUCTS: Final[tuple[ProductFormats, ...]] = (OCTOPUS, CLOUDBEES_CD)
"""In the order in which they are asked whose a file, folder or database is: the first that says yes has it.

Who is sure comes first. CloudBees CD is last: it takes every XML, and every database, since a mapping file
may name any table; what is none of its own says so when it is read.
"""

DEFAULT_PRODUCT: Final = CLOUDBEES_CD
"""Whose a row of a plain table without a kind is, or a phrase of a file that names no product."""


def every_product() -> tuple[ProductFormats, ...]:
    """All of them, in the order of the list."""
    return PRODUCTS


def table_kinds() -> Mapping[str, SecretKind]:
    """Every kind of secret that a row of a table may be, by its name."""
    return _kinds_of(every_product())


@lru_cache
def _kinds_of(products: tuple[ProductFormats, ...]) -> Mapping[str, SecretKind]:
    """Asked for every row of a table, so the answer is kept."""
    return {kind.name: kind for product in products for kind in product.table_kinds}
