"""References to passwords that a product's keys come from: `migrator:REF`, say."""

from collections.abc import Sequence

from audit.products import every_product
from parsers.keys.key_file import KeyFile
from parsers.secret import Secret


def split_use(reference: str) -> tuple[str, str] | None:
    """What the password is for, and the reference to it; None for a reference that says no such use."""
    use, _, rest = reference.partition(":")
    known = any(use in product.keys.from_passwords for product in every_product())
    return (use, rest) if known and rest else None


def keys_from_password(use: str, label: str, password: Secret) -> Sequence[KeyFile]:
    """The keys that a password may stand for.

    Args:
        use: as `split_use` gives it.
        label: for the keys; "" for one made from the use alone.
        password: the password; no reference or label repeats it.
    """
    makers = (product.keys.from_passwords.get(use) for product in every_product())
    make = next(each for each in makers if each)
    return make(label or f"{use} password", f"{use} password", password)
