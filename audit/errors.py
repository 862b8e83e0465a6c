"""What can go wrong while deciding; imports nothing."""


class AuditError(Exception):
    """Base of every error that deciding raises.

    Args:
        message: one line, lower case, what and where; never key material or plain text.
        hint: one line, what the user can do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RequestError(AuditError):
    """What a run was asked for lacks something, or contradicts itself.

    Args:
        what: as the message of every error, without the name of the attribute.
        field: the attribute of the request that it is about.
    """

    def __init__(self, what: str, *, field: str) -> None:
        super().__init__(f"{field}: {what}")
        self.what = what
        self.field = field


class KeyRingError(AuditError):
    """The candidate keys cannot be used as given."""


class LayoutError(AuditError):
    """A ciphertext layout, or a file of them, makes no sense."""


class OwnersError(AuditError):
    """The owners file cannot be used."""


class IgnoreFileError(AuditError):
    """The ignore file cannot be used."""


class SettingsError(AuditError):
    """The settings file cannot be used."""


class ReencryptionError(AuditError):
    """A re-encryption, or its undoing, must not begin or go on."""


class InconsistentCountsError(AuditError):
    """Verdicts do not add up to the values read: a fault of this program."""
