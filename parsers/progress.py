"""What long work tells about itself."""

from typing import Protocol


class Progress(Protocol):
    """Listens to long work. May be called from several threads."""

    def expect(self, amount: int) -> None:
        """`amount` more bytes, as they lie on disk, are to be read."""
        ...

    def working_on(self, name: str) -> None:
        """This is being read now; the name is foreign text."""
        ...

    def advance(self, amount: int) -> None:
        """`amount` bytes, as they lie on disk, have been read."""
        ...


class Silent:
    """Shows nothing."""

    def expect(self, amount: int) -> None:
        """Ignore it."""

    def working_on(self, name: str) -> None:
        """Ignore it."""

    def advance(self, amount: int) -> None:
        """Ignore it."""
