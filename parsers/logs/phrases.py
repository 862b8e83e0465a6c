"""The phrases in force: those of every product, and those that a file adds."""

from typing import Final

from parsers.logs.phrase import Phrases
from parsers.products import every_product

DEFAULT: Final = Phrases(
    tuple(phrase for product in every_product() for phrase in product.logs.phrases),
    {name: kind for product in every_product() for name, kind in product.logs.kinds.items()},
)


def read_phrases(path: str) -> Phrases:
    """The default phrases and those of a TOML file.

    The file holds tables `[[phrases]]` with `phrase` and `kind`, and optionally `subject` (a regular
    expression with a group `subject`, perhaps one `project`), `subject_kind` and `system`.

    Raises:
        LogError: the file cannot be read, or is not such a file.
    """
    from parsers.logs.phrase_file import own_phrases  # brings pydantic, which few runs need

    return Phrases(DEFAULT.table + own_phrases(path), DEFAULT.kinds)
