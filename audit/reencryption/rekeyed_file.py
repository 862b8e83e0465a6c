"""A file of a product's own whose secret is to open under the target key: the new one, not yet written."""

from dataclasses import dataclass, field
from pathlib import Path

from reports.files import atomic_file


@dataclass(frozen=True, slots=True)
class RekeyedFile:
    """The file as it is to be, and where it goes.

    Attributes:
        secret: what the product calls the secret in it, for a sentence.
        out: the file that is to come about; the one that is there stays.
        content: all of it.
    """

    secret: str = field(repr=False)
    out: Path
    content: bytes = field(repr=False)

    def write(self) -> None:
        """Write it.

        Raises:
            OutputError: it cannot be written.
        """
        with atomic_file(self.out) as file:
            file.write(self.content)
