"""Layouts that a user writes down in TOML, or that `layouts --known` proved and `--save` remembered."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from audit.errors import LayoutError
from audit.layouts.layout import BLOCK, Encoding, Iv, KeyForm, Layout, Mode
from reports.files import atomic_file

_LONGEST_PREFIX: Final = 64
_HEX_BYTES: Final = "^(?:[0-9a-fA-F]{2})*$"


@dataclass(frozen=True, slots=True)
class Supplied:
    """Layouts from outside the table of known ones.

    Attributes:
        to_try: hypotheses like the known ones: the data must establish them.
        proven: a known plain text has proven them; they need no evidence.
    """

    to_try: tuple[Layout, ...] = ()
    proven: tuple[Layout, ...] = ()

    def and_proven(self, layouts: Iterable[Layout]) -> "Supplied":
        """The same with further layouts that need no evidence."""
        return Supplied(self.to_try, (*self.proven, *layouts))


NOTHING_SUPPLIED: Final = Supplied()


class _Entry(BaseModel):
    """A `[[layouts]]` table; bytes are written in hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_form: KeyForm
    mode: Mode
    iv: Iv
    encoding: Encoding = Encoding.BASE64
    prefix: str = Field(default="", pattern=_HEX_BYTES, max_length=2 * _LONGEST_PREFIX)
    nonce_size: int = 0
    constant_iv: str = Field(default="", pattern=_HEX_BYTES)
    proven: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.mode is Mode.ECB) is not (self.iv is Iv.NONE):
            raise ValueError('iv = "none" goes with mode = "ecb", and with nothing else')
        if self.mode is Mode.GCM and (self.iv is not Iv.FRONT or self.nonce_size not in {12, 16}):
            raise ValueError('gcm takes iv = "front" and a nonce_size of 12 or 16')
        if self.mode is not Mode.GCM and self.nonce_size:
            raise ValueError("nonce_size goes with gcm alone")
        if len(self.constant_iv) != (2 * BLOCK if self.iv is Iv.CONSTANT else 0):
            raise ValueError('constant_iv is 16 bytes in hex where iv = "constant", and absent elsewhere')
        return self

    def layout(self) -> Layout:
        return Layout(
            key_form=self.key_form,
            mode=self.mode,
            iv=self.iv,
            encoding=self.encoding,
            prefix=bytes.fromhex(self.prefix),
            nonce_size=self.nonce_size,
            constant_iv=bytes.fromhex(self.constant_iv),
        )


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    layouts: tuple[_Entry, ...] = Field(default=(), max_length=1_000)


def read_layouts(path: Path) -> Supplied:
    """The `[[layouts]]` of a TOML file.

    Each has `key_form`, `mode` and `iv`, in the words of those enums; optional `encoding`, `prefix` and
    `constant_iv` in hex, `nonce_size`, and `proven = true` where no evidence is asked for any more.

    Raises:
        LayoutError: the file cannot be read, is no TOML, or describes no layouts; one line says where.
    """
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise LayoutError(f"layouts file {str(path)!r} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise LayoutError(f"layouts file {str(path)!r}: {_first_fault(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LayoutError(f"layouts file {str(path)!r} is no TOML: {error}") from error
    return Supplied(
        to_try=tuple(entry.layout() for entry in file.layouts if not entry.proven),
        proven=tuple(entry.layout() for entry in file.layouts if entry.proven),
    )


def write_layouts(path: Path, supplied: Supplied) -> None:
    """A file that `read_layouts` reads back to the same; it holds no key.

    Raises:
        OutputError: it cannot be written.
    """
    tables = [_as_toml(layout, proven=True) for layout in supplied.proven]
    tables += [_as_toml(layout, proven=False) for layout in supplied.to_try]
    with atomic_file(path) as file:
        file.write("\n".join(tables).encode())


def together(supplied: Supplied, proven: Iterable[Layout]) -> Supplied:
    """The same, and these proven beside."""
    all_proven = tuple(dict.fromkeys((*supplied.proven, *proven)))
    return Supplied(tuple(each for each in supplied.to_try if each not in all_proven), all_proven)


def _as_toml(layout: Layout, *, proven: bool) -> str:
    settings: dict[str, str | int] = {
        "key_form": layout.key_form.value,
        "mode": layout.mode.value,
        "iv": layout.iv.value,
        "encoding": layout.encoding.value,
        "prefix": layout.prefix.hex(),
        "nonce_size": layout.nonce_size,
        "constant_iv": layout.constant_iv.hex(),
    }
    lines = [
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        for name, value in settings.items()
        if value
    ]
    return "\n".join(["[[layouts]]", *lines, f"proven = {str(proven).lower()}", ""])


def _first_fault(error: ValidationError) -> str:
    """Where in the file, and what: `layouts.0.mode: input should be …`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in fault["loc"]) or "layouts"
    what = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {what[:1].lower()}{what[1:]}"
