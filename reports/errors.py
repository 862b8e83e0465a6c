"""What can go wrong while writing; imports nothing."""


class ReportsError(Exception):
    """Base of every error that writing raises.

    Args:
        message: one line, lower case, what and where.
        hint: one line, what the user can do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class OutputError(ReportsError):
    """A file or folder cannot be written."""


class RunFolderError(ReportsError):
    """A folder is not a run folder, or not a whole one."""


class ReturnedListError(ReportsError):
    """A list that a team gave back, or the folder of them, cannot be read."""


class UnknownProductError(ReportsError):
    """A run holds credentials of a product for which there is no guide."""
