"""What examining tells of secrets that are shared."""

import random

from audit.examine import examine
from audit.groups import group_letters
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)


def test_shared_secrets_are_grouped_opened_or_not() -> None:
    """Opened values group by their secret whatever sealed them, lost ones by equal ciphertext."""
    chance = random.Random(4)
    key, missing = bytes(range(16)), bytes(range(90, 106))
    values = [
        seal(ECB, key, b"shared secret", chance),
        seal(FRONT, key, b"shared secret", chance),
        seal(ECB, missing, b"another one", chance),
        seal(ECB, missing, b"another one", chance),
        seal(ECB, key, b"alone", chance),
        None,
        None,
    ]
    more = [seal(layout, key, text, chance) for layout in (ECB, FRONT) for text in passwords(20, chance)]
    found = examine(
        [stored([*values, *more])], ring_of(candidate("k", key, current=True)), SecretTags(Secret(bytes(16)))
    )
    letters = group_letters(found.tags).to_list()[: len(values)]
    assert letters == ["A", "A", "B", "B", "", "", ""]
