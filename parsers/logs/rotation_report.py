"""What the report says that a server writes after a rotation of its key."""

from dataclasses import dataclass, field

from parsers.secret import Secret


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What the report says.

    Attributes:
        path: the file.
        new_key: the new master key, which it prints in clear text; None if it has none.
        key_line: the line of the key, 1-based; 0 if there is none.
        processed: documents looked at.
        updated: documents encrypted again.
        failed: documents left unchanged because of errors.
        contradictions: where the report says different numbers of the same, one sentence each.
    """

    path: str
    new_key: Secret | None = field(repr=False)
    key_line: int
    processed: int
    updated: int
    failed: int
    contradictions: tuple[str, ...]

    @property
    def unexplained(self) -> int:
        """Documents that neither count explains: those without secrets, or those that were passed over."""
        return self.processed - self.updated - self.failed
