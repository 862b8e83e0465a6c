"""The products: this list alone names them."""

from typing import Final

from audit.cloudbees.product import CLOUDBEES_CD
from audit.octopus.product import OCTOPUS
from audit.product import Product
from reports.product_guide import Guides

PRODUCTS: Final[tuple[Product, ...]] = (CLOUDBEES_CD, OCTOPUS)


def every_product() -> tuple[Product, ...]:
    """All of them, in the order of the list."""
    return PRODUCTS


def product_of(system: str) -> Product:
    """The product whose id the column `system` has.

    Raises:
        LookupError: none has it: a store was read whose product is not in the list.
    """
    for product in every_product():
        if product.id == system:
            return product
    raise LookupError(f"no product is called {system!r}")


def every_guide() -> Guides:
    """The reports' guide of each product."""
    return {product.id: product.guide for product in every_product()}
