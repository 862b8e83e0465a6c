"""Every stored value with the truth about it."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sample_logs.generator.cloudbees import inventory
from sample_logs.generator.cloudbees.inventory import Place
from sample_logs.generator.cloudbees.sealing import Fate, Sealed, Sealer
from sample_logs.generator.cloudbees.story import KEPT
from sample_logs.generator.dice import Dice

_SEED: Final = "cloudbees-cd credentials 1"
"""Chosen so that no lost value passes as padded under a kept key by chance; a test holds it to that."""

_DRAWN: Final = {
    Fate.RENEWED: 150,
    Fate.SKIPPED: 27,
    Fate.BINARY: 5,
    Fate.PLAIN: 6,
    Fate.EMPTY: 5,
    Fate.EXTERNAL: 6,
}
"""How the cluster's own credentials fared, but for the two of `_GIVEN`: 20 in each of nine projects, and 21
plug-in configurations."""


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A row of the store, and its truth.

    Attributes:
        credential_type: LOCAL or EXTERNAL for credentials, "" for the other kinds.
        group: the same letters where sound values hold the same secret, "" where no other does.
    """

    place: Place
    id: uuid.UUID
    credential_type: str
    sealed: Sealed
    group: str

    @property
    def opened_by(self) -> str:
        """The label of the kept key that opens it, or ""."""
        return self.sealed.key.label if self.sealed.key in KEPT else ""


def stored_credentials() -> list[StoredCredential]:
    """All of them, in the order of the stores."""
    dice = Dice(_SEED)
    fates = list(_fates(dice))
    sealer = Sealer(dice)
    sealed = [sealer.seal(fate) for _, fate in fates]
    groups = _groups(sealed)
    return [
        StoredCredential(place, dice.uuid(), _credential_type(place, fate), value, group)
        for (place, fate), value, group in zip(fates, sealed, groups, strict=True)
    ]


def _fates(dice: Dice) -> Iterator[tuple[Place, Fate]]:
    for project in inventory.BUILD_FARM_PROJECTS:
        yield from ((place, Fate.FROM_BUILD_FARM) for place in inventory.project_credentials(project, 16))
    for project in inventory.LABS_PROJECTS:
        yield from ((place, Fate.FROM_LABS) for place in inventory.project_credentials(project, 12))
    own = [
        place for project in inventory.LOCAL_PROJECTS for place in inventory.project_credentials(project, 20)
    ]
    own += inventory.plugin_configurations()
    drawn = dice.shuffled([fate for fate, count in _DRAWN.items() for _ in range(count)])
    yield from ((place, _GIVEN.get(place.name) or drawn.pop()) for place in own)
    yield from zip(inventory.directory_providers(), _DIRECTORIES, strict=True)
    yield from zip(inventory.email_configurations(), _EMAIL, strict=True)
    yield inventory.devops_insight(), Fate.SKIPPED
    yield from ((place, _USERS.get(number, Fate.RENEWED)) for number, place in enumerate(inventory.users()))


_GIVEN: Final = {"ftp | night run": Fate.SKIPPED, "Fahrer-Zugang für Süd": Fate.SKIPPED}
"""Names that are hard to read in a log, and so must be in one."""
_DIRECTORIES: Final = (Fate.RENEWED, Fate.SKIPPED, Fate.FROM_LABS, Fate.RENEWED)
_EMAIL: Final = (Fate.RENEWED, Fate.SKIPPED, Fate.FROM_LABS, Fate.EMPTY)
_USERS: Final = {
    3: Fate.SKIPPED,
    9: Fate.SKIPPED,
    14: Fate.FROM_LABS,
    17: Fate.SKIPPED,
    22: Fate.BINARY,
    28: Fate.SKIPPED,
}


def _credential_type(place: Place, fate: Fate) -> str:
    if place.kind != "credential":
        return ""
    return "EXTERNAL" if fate is Fate.EXTERNAL else "LOCAL"


def _groups(values: list[Sealed]) -> list[str]:
    """A, B, C … in the order of first appearance, only for secrets that several values hold."""
    holders = Counter(value.plain_text for value in values if value.plain_text is not None)
    shared = [secret for secret, count in holders.items() if count > 1]
    letters = {secret: chr(ord("A") + number) for number, secret in enumerate(shared)}
    return ["" if value.plain_text is None else letters.get(value.plain_text, "") for value in values]
