"""Keys, and the files in which people hold them."""

import base64
import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """How a file holds a key: written down, or as what the key is derived from."""

    RAW = "raw"
    NEWLINE = "newline"
    HEX = "hex"
    BASE64 = "base64"
    UTF16 = "utf-16"
    MD5 = "md5"
    SHA1_16 = "sha1-16"
    SHA256 = "sha256"

    @property
    def derived(self) -> bool:
        """Whether the key is a digest of the file, so that every byte of the file counts."""
        return self in {Form.MD5, Form.SHA1_16, Form.SHA256}


@dataclass(frozen=True, slots=True)
class KeyCopy:
    """A file with a key in it; `given` says whether it is among the candidates."""

    label: str
    content: bytes
    given: bool

    @property
    def fingerprint(self) -> str:
        """SHA-1 of the file, as a server names it."""
        return hashlib.sha1(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class TrueKey:
    """A key, what it is in truth, and its files, the server's own first."""

    name: str
    secret: bytes
    copies: tuple[KeyCopy, ...]

    @property
    def given(self) -> bool:
        """Whether some file of it is among the candidates."""
        return any(each.given for each in self.copies)

    @property
    def labels(self) -> frozenset[str]:
        """Every name that it goes by among the candidates."""
        return frozenset(each.label for each in self.copies if each.given)


def make_key(
    name: str, size: int, forms: tuple[Form, ...], given: tuple[bool, ...], chance: random.Random
) -> TrueKey:
    """A key of `size` bytes with a file in each of the forms; a derived form allows no other."""
    own = forms[0]
    if own.derived:
        content = chance.choice(
            [chance.randbytes(40), b"the passkey of " + chance.randbytes(6).hex().encode()]
        )
        secret, contents = _DIGESTS[own](content), [content for _ in forms]
    else:
        secret = _secret(size, chance)
        contents = [written(form, secret) for form in forms]
    labels = [name if at == 0 else f"{name}-copy{at}" for at in range(len(forms))]
    return TrueKey(name, secret, tuple(map(KeyCopy, labels, contents, given)))


def written(form: Form, secret: bytes) -> bytes:
    """The content of a file that writes the key down."""
    return _WRITTEN[form](secret)


def _secret(size: int, chance: random.Random) -> bytes:
    """A key that stays the same when white space around it is taken away, as a newline's would be."""
    while (secret := chance.randbytes(size)).strip() != secret:
        pass
    return secret


_DIGESTS: Final[Mapping[Form, Callable[[bytes], bytes]]] = {
    Form.MD5: lambda content: hashlib.md5(content).digest(),
    Form.SHA1_16: lambda content: hashlib.sha1(content).digest()[:16],
    Form.SHA256: lambda content: hashlib.sha256(content).digest(),
}

_WRITTEN: Final[Mapping[Form, Callable[[bytes], bytes]]] = {
    Form.RAW: bytes,
    Form.NEWLINE: lambda secret: secret + b"\n",
    Form.HEX: lambda secret: secret.hex().encode(),
    Form.BASE64: lambda secret: base64.b64encode(secret) + b"\n",
    Form.UTF16: lambda secret: b"\xff\xfe" + secret.hex().encode("utf-16-le"),
}
