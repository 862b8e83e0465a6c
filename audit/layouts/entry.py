"""A `[[layouts]]` table of a TOML file, checked field by field."""

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from audit.layouts.derivation import Derivation, Digest, Function
from audit.layouts.layout import Cipher, Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.layouts.presets import PRESETS
from audit.layouts.wrapper import Wrapper

_LONGEST_PREFIX: Final = 64
_LONGEST_SALT: Final = 256
_LONGEST_TEXT: Final = 256
_MOST_ITERATIONS: Final = 10_000_000
"""OWASP's "Password Storage Cheat Sheet" asks for 600,000 of PBKDF2 with SHA-256."""

_HEX_BYTES: Final = "^(?:[0-9a-fA-F]{2})*$"
_NONCES: Final = (12, 16)


_Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{40}$")]


class LayoutEntry(BaseModel):
    """A table; bytes are written in hex, text around a value as it stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_form: KeyForm
    mode: Mode
    iv: Iv
    cipher: Cipher = Cipher.AES
    padding: Padding = Padding.PKCS7
    encoding: Encoding = Encoding.BASE64
    prefix: str = Field(default="", pattern=_HEX_BYTES, max_length=2 * _LONGEST_PREFIX)
    nonce_size: int = 0
    constant_iv: str = Field(default="", pattern=_HEX_BYTES)
    wrapper_head: str = Field(default="", max_length=_LONGEST_TEXT)
    wrapper_tail: str = Field(default="", max_length=_LONGEST_TEXT)
    wrapper_member: str = Field(default="", max_length=_LONGEST_TEXT)
    derivation: Function | None = None
    digest: Digest | None = None
    iterations: int = Field(default=1, ge=1, le=_MOST_ITERATIONS)
    salt: str = Field(default="", pattern=_HEX_BYTES, max_length=2 * _LONGEST_SALT)
    salt_size: int = Field(default=0, ge=0, le=_LONGEST_SALT)
    key_size: int = 0
    proven: bool = False
    proven_under: tuple[_Fingerprint, ...] = Field(default=(), max_length=1_000)

    @model_validator(mode="before")
    @classmethod
    def _with_its_preset(cls, given: object) -> object:
        """The settings that a preset stands for, under those that are given along with it."""
        if not isinstance(given, Mapping):
            return given
        settings = dict(given)
        preset = settings.pop("preset", None)
        if preset is not None:
            if not isinstance(preset, str) or preset not in PRESETS:
                raise ValueError(f"preset is one of {', '.join(PRESETS)}")
            settings = {**PRESETS[preset], **settings}
        if "derivation" in settings:
            settings.setdefault("key_form", KeyForm.TRIMMED)
        return settings

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        fault = self._of_mode() or self._of_vector() or self._of_derivation() or self._of_wrapper()
        if fault:
            raise ValueError(fault)
        return self

    def _of_mode(self) -> str:
        if (self.mode is Mode.ECB) is not (self.iv is Iv.NONE):
            return 'iv = "none" goes with mode = "ecb", and with nothing else'
        if self.mode is not Mode.GCM:
            return "nonce_size goes with gcm alone" if self.nonce_size else ""
        if self.cipher is not Cipher.AES:
            return "gcm takes blocks of 16 bytes, those of aes"
        if self.padding is not Padding.PKCS7:
            return "gcm pads nothing: leave padding out"
        if self.iv is not Iv.FRONT or self.nonce_size not in _NONCES:
            return 'gcm takes iv = "front" and a nonce_size of 12 or 16'
        return ""

    def _of_vector(self) -> str:
        block = self.cipher.block
        if len(self.constant_iv) != (2 * block if self.iv is Iv.CONSTANT else 0):
            return f'constant_iv is {block} bytes in hex where iv = "constant", and absent elsewhere'
        if self.iv is Iv.DERIVED and self.derivation is None:
            return 'iv = "derived" goes with a derivation'
        if self.iv is Iv.UNKNOWN and (self.derivation or self.cipher is not Cipher.AES):
            return 'iv = "unknown" goes with an aes key alone: give the vector, with iv = "constant"'
        if self.iv is Iv.BESIDE and (self.salt_size or self.cipher is not Cipher.AES):
            return 'iv = "beside" goes with aes, and without a salt in front'
        return ""

    def _of_derivation(self) -> str:
        if self.derivation is None:
            named = [name for name in _OF_DERIVATION if name in self.model_fields_set and getattr(self, name)]
            return f"{named[0]} goes with a derivation" if named else ""
        if self.digest is None:
            return "a derivation takes a digest"
        return self._of_passphrase() or self._of_output(self.digest)

    def _of_passphrase(self) -> str:
        if self.key_form is KeyForm.MASTER_KEY:
            return "a master key is no passphrase: give another key_form"
        if self.salt and self.salt_size:
            return "salt is the same for every value, salt_size is that of a value's own: give one of them"
        return ""

    def _of_output(self, digest: Digest) -> str:
        if self.key_size not in self.cipher.key_sizes:
            return f"{self.cipher} takes no key_size of {self.key_size} bytes"
        wanted = self.key_size + (self.cipher.block if self.iv is Iv.DERIVED else 0)
        if self.derivation is Function.PBKDF1 and wanted > digest.size:
            return f"pbkdf1 gives no more than the {digest.size} bytes of {digest}, not {wanted}"
        return ""

    def _of_wrapper(self) -> str:
        if self.wrapper_member and (self.wrapper_head or self.wrapper_tail):
            return "wrapper_member is of a JSON object, which has no wrapper_head and wrapper_tail"
        if self.encoding is Encoding.RAW and (self.wrapper_head or self.wrapper_tail or self.wrapper_member):
            return 'encoding = "raw" has no text around it: give the bytes in front as prefix'
        return ""

    def layout(self) -> Layout:
        """The layout that it describes."""
        return Layout(
            key_form=self.key_form,
            mode=self.mode,
            iv=self.iv,
            encoding=self.encoding,
            prefix=bytes.fromhex(self.prefix),
            nonce_size=self.nonce_size,
            constant_iv=bytes.fromhex(self.constant_iv),
            padding=self.padding,
            wrapper=Wrapper(self.wrapper_head.encode(), self.wrapper_tail.encode(), self.wrapper_member),
            cipher=self.cipher,
            derivation=self._derivation(),
        )

    def _derivation(self) -> Derivation | None:
        if self.derivation is None or self.digest is None:
            return None
        return Derivation(
            function=self.derivation,
            digest=self.digest,
            iterations=self.iterations,
            key_size=self.key_size,
            salt=bytes.fromhex(self.salt),
            salt_size=self.salt_size,
        )


_OF_DERIVATION: Final = ("digest", "iterations", "salt", "salt_size", "key_size")


def settings_of(layout: Layout) -> dict[str, str | int]:
    """The settings of a table that describes this layout; what is as it would be anyway is left out."""
    derivation = layout.derivation
    settings: dict[str, str | int] = {
        "key_form": layout.key_form.value,
        "mode": layout.mode.value,
        "iv": layout.iv.value,
        "cipher": layout.cipher.value if layout.cipher is not Cipher.AES else "",
        "padding": layout.padding.value if layout.padding is not Padding.PKCS7 else "",
        "encoding": layout.encoding.value,
        "prefix": layout.prefix.hex(),
        "nonce_size": layout.nonce_size,
        "constant_iv": layout.constant_iv.hex(),
        "wrapper_head": layout.wrapper.head.decode(),
        "wrapper_tail": layout.wrapper.tail.decode(),
        "wrapper_member": layout.wrapper.member,
    }
    if derivation:
        settings |= {
            "derivation": derivation.function.value,
            "digest": derivation.digest.value,
            "iterations": derivation.iterations,
            "salt": derivation.salt.hex(),
            "salt_size": derivation.salt_size,
            "key_size": derivation.key_size,
        }
    return {name: value for name, value in settings.items() if value}
