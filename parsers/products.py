"""The products: this list alone names them."""

from typing import Final

from parsers.cloudbees.product import CLOUDBEES_CD
from parsers.octopus.product import OCTOPUS
from parsers.product import Product

PRODUCTS: Final[tuple[Product, ...]] = (OCTOPUS, CLOUDBEES_CD)
"""In the order in which they are asked whose a file, folder or database is: the first that says yes has it.

Who is sure comes first. CloudBees CD is last: it takes every XML, and every database, since a mapping file
may name any table; what is none of its own says so when it is read.
"""

DEFAULT_PRODUCT: Final = CLOUDBEES_CD
"""Whose a row of a plain table without a kind is, or a phrase of a file that names no product."""


def every_product() -> tuple[Product, ...]:
    """All of them, in the order of the list."""
    return PRODUCTS


def product_of_kind(kind: str) -> Product:
    """The product that has this kind of secret in tables.

    Raises:
        LookupError: none has it.
    """
    for product in every_product():
        if kind in product.table_kinds:
            return product
    raise LookupError("no product has such a kind of secret")


def table_kinds() -> tuple[str, ...]:
    """Every kind of secret that tables may hold, sorted."""
    return tuple(sorted(kind for product in every_product() for kind in product.table_kinds))
