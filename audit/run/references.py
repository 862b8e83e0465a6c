"""References to secrets, resolved: candidate keys and passwords."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from parsers.keys.key_file import KeyFile, split_label
from parsers.keys.key_search import UntriedFiles
from parsers.keys.read_key_files import find_key_files
from parsers.keys.reference import Prompt, text_secret
from parsers.secret import Secret
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves references: a path, `file:PATH`, `env:NAME`, `fd:N`, `prompt`, `cmd:COMMAND`.

    Attributes:
        prompt: asks a person for what `prompt` stands for; without it nobody can be asked.
        allow_commands: whether `cmd:` may start a command. Only where the reference comes from the user: one
            out of a file that somebody sent could start anything.
    """

    prompt: Prompt | None = None
    allow_commands: bool = False

    def password(self, reference: str) -> Secret:
        """A text, without the line end after it.

        Raises:
            SecretReferenceError: the reference names nothing that could be read.
        """
        return text_secret(reference, prompt=self.prompt, allow_commands=self.allow_commands)

    def passwords(self, references: Iterable[str]) -> list[Secret]:
        """Each as `password` resolves it."""
        return [self.password(reference) for reference in references]

    def keys(self, references: Iterable[str], remark: Callable[[str], None]) -> list[KeyFile | Unread]:
        """The candidate keys, and what was none.

        Args:
            references: each `[LABEL=]REF`; `migrator:REF` and `drop:REF` are passwords that keys come from.
            remark: takes a sentence for each search of an archive or a large folder that left something out.

        Raises:
            SecretReferenceError: a reference names nothing that could be read.
        """
        found: list[KeyFile | Unread] = []
        for reference in references:
            for each in self._keys_of(reference):
                if isinstance(each, UntriedFiles):
                    remark(each.remark)
                else:
                    found.append(each)
        return found

    def _keys_of(self, reference: str) -> list[KeyFile | Unread | UntriedFiles]:
        label, place = split_label(reference)
        if (of_password := split_use(place)) is None:
            return find_key_files(reference, prompt=self.prompt, allow_commands=self.allow_commands)
        use, password = of_password
        return [*keys_from_password(use, label, self.password(password))]


NOBODY = Resolver()
"""Asks nobody and starts nothing: for scripts that run alone."""


def split_use(reference: str) -> tuple[str, str] | None:
    """What the password is for, and the reference to it; None for a reference that says no such use."""
    from audit.products import every_product  # a search of logs resolves passwords, and needs no products

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
    from audit.products import every_product

    makers = (product.keys.from_passwords.get(use) for product in every_product())
    make = next(each for each in makers if each)
    return make(label or f"{use} password", f"{use} password", password)
