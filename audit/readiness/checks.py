"""The checks of an estate, product by product."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from audit.products import every_product
from audit.readiness.check import Check
from audit.readiness.estate import Estate
from audit.readiness.shared_checks import IMPORTS


def check_ids() -> list[str]:
    """The ids of all checks of all products, each once."""
    return list(
        dict.fromkeys(rule.about.id for product in every_product() for rule in product.readiness.rules)
    )


def make_checks(estates: Sequence[Estate]) -> list[Check]:
    """Each check of each product; where there are several products, the evidence says whose it is."""
    several = len(estates) > 1
    return [
        replace(check, evidence=f"{estate.product.title}: {check.evidence}") if several else check
        for estate in estates
        for check in _of_one(estate, elsewhere=any(each.imports.labels for each in estates))
    ]


def _of_one(estate: Estate, *, elsewhere: bool) -> Iterator[Check]:
    for rule in estate.product.readiness.rules:
        # Exports to be imported come from servers of one product: nothing is missing of the others.
        if rule.about is not IMPORTS or estate.imports.labels or not elsewhere:
            yield rule.check(estate)
