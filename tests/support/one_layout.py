"""A layout as a user writes it down, and one value opened or encrypted in it."""

from audit.layouts.entry import LayoutEntry
from audit.layouts.layout import Layout
from audit.reencryption.cipher import Notation, encrypt_value, fresh_vector, open_value
from audit.trial.hypothesis import Hypothesis, hypotheses
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext
from tests.support.sealing import candidate


def layout_of(**settings: str | int) -> Layout:
    """The layout of a TOML table with these settings."""
    return LayoutEntry.model_validate(settings).layout()


def hypothesis_of(layout: Layout, content: bytes) -> Hypothesis:
    """The one key of this file in the layout."""
    (found,) = hypotheses([candidate("k", content)], [layout])
    return found


def opened(value: bytes, layout: Layout, content: bytes) -> bytes | None:
    """What the key file with this content opens a stored value to."""
    found = open_value(StoredCiphertext(value), hypothesis_of(layout, content))
    return None if found is None else found.reveal()


def written(plain: bytes, layout: Layout, content: bytes) -> bytes:
    """A new value under the key file with this content."""
    hypothesis = hypothesis_of(layout, content)
    return encrypt_value(Secret(plain), hypothesis, fresh_vector(layout), Notation()).value
