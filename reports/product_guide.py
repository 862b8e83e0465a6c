"""What reports say about one product: whoever makes a run supplies a guide for each product in it.

Reports know no product by name. A guide is made from text alone, so nothing in it can lead to a secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from reports.errors import UnknownProductError


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSecret:
    """A secret to enter again, as the columns of `CREDENTIALS` name it. Names may hold any character."""

    kind: str
    project: str
    name: str
    user_name: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFile:
    """A file that helps one team to enter its secrets again, next to its list.

    Attributes:
        suffix: of the file's name, with the dot.
        purpose: what these files are, in the plural, as part of a sentence; what is in backticks is code.
        text: the content; given the team, the file's name without its suffix, and the team's secrets of this
            product in the `REENTRY` schema. Whatever the names in these hold must do no harm there.
    """

    suffix: str
    purpose: str
    text: Callable[[str, str, pl.DataFrame], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductGuide:
    """A product's instructions, and its words.

    Attributes:
        title: its name.
        key: what it calls its key.
        how_to_reenter: one printable line: the command that reads a secret from standard input, or where to
            click.
        sealed_projects: why nothing at all opens in a project, for one project and for several; it follows
            "probably".
        where_keys_are: where to look for older keys; what is in backticks is code.
        single_kinds: kinds of which a server holds one, so that log entries about it need no name.
        team_file: what else helps a team; None where the list says it all.
    """

    title: str
    key: str
    how_to_reenter: Callable[[LostSecret], str]
    sealed_projects: tuple[str, str]
    where_keys_are: str
    single_kinds: tuple[str, ...] = ()
    team_file: TeamFile | None = None


Guides = Mapping[str, ProductGuide]
"""By the product's id, as the column `system` has it."""


def guides_of(guides: Guides, systems: str) -> Guides:
    """Those of the products of a run, in the order of its `Summary.system`, which separates them by ", ".

    Raises:
        UnknownProductError: one has none.
    """
    return {system: guide_of(guides, system) for system in systems.split(", ") if system}


def guide_of(guides: Guides, system: str) -> ProductGuide:
    """The guide of this product.

    Raises:
        UnknownProductError: there is none. Another product's would send people to the wrong place.
    """
    guide = guides.get(system)
    if guide is None:
        raise UnknownProductError(
            f"the run has credentials of {system!r}, a product that this version does not know",
            hint="use the version of passkey-audit that wrote the run",
        )
    return guide
