"""Layouts that a user writes down in TOML, or that `layouts --known` proved and `--save` remembered."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import LayoutError
from audit.layouts.entry import LayoutEntry, settings_of
from audit.layouts.layout import Layout
from reports.files import atomic_file

_MOST: Final = 10_000
_LARGEST: Final = 10_000_000
"""Bytes of a file: as many tables with some ten settings each have a third of that."""

_LONGEST_LINE: Final = 10_000
"""Time to read a key grows with the square of its dots: a line of a megabyte would take hours."""


@dataclass(frozen=True, slots=True)
class SuppliedLayouts:
    """Layouts from outside the table of known ones.

    Attributes:
        to_try: hypotheses like the known ones: the data must establish them.
        proven: a known plain text has proven them; they need no evidence.
        proven_under: SHA-1 fingerprints of the key files under which a text proved a layout; one that is not
            here holds under every key. What stands before the first block is shown for these keys alone: an
            older server may have had another vector.
    """

    to_try: tuple[Layout, ...] = ()
    proven: tuple[Layout, ...] = ()
    proven_under: Mapping[Layout, frozenset[str]] = field(default_factory=dict)

    def and_proven(self, layouts: Iterable[Layout]) -> "SuppliedLayouts":
        """The same with further layouts that need no evidence, under any key."""
        return replace(self, proven=(*self.proven, *layouts))

    def is_proven(self, layout: Layout, fingerprint: str) -> bool:
        """Whether a known text has proven the layout for the key file with this fingerprint."""
        under = self.proven_under.get(layout)
        return layout in self.proven and (under is None or fingerprint in under)


NOTHING_SUPPLIED: Final = SuppliedLayouts()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    layouts: tuple[LayoutEntry, ...] = Field(default=(), max_length=_MOST)


def read_layouts(path: Path) -> SuppliedLayouts:
    """The `[[layouts]]` of a TOML file.

    Each has `key_form`, `mode` and `iv`, in the words of those enums; optional `cipher`, `padding`,
    `encoding`, `nonce_size`, `prefix` and `constant_iv` in hex; `wrapper_head` and `wrapper_tail`, or
    `wrapper_member`; and `proven = true` where no evidence is asked for any more, with
    `proven_under`, fingerprints of the key files for which that was shown. A key that comes from a
    passphrase has `derivation`, `digest`, `iterations`, `key_size`, and `salt` in hex or `salt_size`; its
    `key_form` is `trimmed` unless it says otherwise. `preset` stands for a well-known program's.

    Raises:
        LayoutError: the file cannot be read, is not TOML, or describes no layouts; one line says where.
    """
    name = f"layouts file {str(path)!r}"
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise LayoutError(f"{name} is larger than {_LARGEST:,} bytes: it is not a layouts file")
        if max(map(len, content.splitlines()), default=0) > _LONGEST_LINE:
            raise LayoutError(f"{name} has a line of over {_LONGEST_LINE:,} bytes: it is not a layouts file")
        file = _File.model_validate(tomllib.loads(content.decode()))
    except OSError as error:
        raise LayoutError(f"{name} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise LayoutError(f"{name}: {_first_fault(error)}") from error
    except RecursionError as error:
        raise LayoutError(f"{name} is not TOML: it is nested too deeply") from error
    except ValueError as error:  # not TOML, not UTF-8, a number of more digits than Python converts
        raise LayoutError(f"{name} is not TOML: {_one_line(str(error))}") from error
    return SuppliedLayouts(
        to_try=tuple(entry.layout() for entry in file.layouts if not entry.proven),
        proven=tuple(entry.layout() for entry in file.layouts if entry.proven),
        proven_under={
            entry.layout(): frozenset(entry.proven_under) for entry in file.layouts if entry.proven_under
        },
    )


def write_layouts(path: Path, supplied: SuppliedLayouts) -> None:
    """A file that `read_layouts` reads back to the same; it holds no key.

    Raises:
        LayoutError: the text around a layout's values is not UTF-8, which TOML cannot hold.
        OutputError: it cannot be written.
    """
    tables = [
        _as_toml(layout, proven=True, under=supplied.proven_under.get(layout, ()))
        for layout in supplied.proven
    ]
    tables += [_as_toml(layout, proven=False) for layout in supplied.to_try]
    with atomic_file(path) as file:
        file.write("\n".join(tables).encode())


def merged(before: SuppliedLayouts, now: SuppliedLayouts) -> SuppliedLayouts:
    """Both: what a file holds already, and what is to be added to it."""
    kept = dict.fromkeys((*before.to_try, *now.to_try))
    both = SuppliedLayouts(tuple(kept), before.proven, dict(before.proven_under))
    under = ((layout, now.proven_under.get(layout, frozenset({""}))) for layout in now.proven)
    return together(both, ((layout, each) for layout, keys in under for each in keys))


def together(supplied: SuppliedLayouts, proven: Iterable[tuple[Layout, str]]) -> SuppliedLayouts:
    """The same, and these proven as well, each under the key file with this fingerprint."""
    under, found = dict(supplied.proven_under), dict.fromkeys(supplied.proven)
    for layout, fingerprint in proven:
        if layout in under or layout not in found:  # else it holds under every key already
            under[layout] = under.get(layout, frozenset()) | {fingerprint}
        if not fingerprint:  # a key that was made from a password has none
            under.pop(layout, None)
        found[layout] = None
    all_proven = tuple(found)
    return SuppliedLayouts(
        tuple(each for each in supplied.to_try if each not in all_proven), all_proven, under
    )


def _as_toml(layout: Layout, *, proven: bool, under: Iterable[str] = ()) -> str:
    try:
        settings = settings_of(layout)
    except UnicodeDecodeError as error:
        raise LayoutError(
            f"{layout.name} cannot be saved: the text around its values is not UTF-8"
        ) from error
    lines = [
        f"{name} = {_quoted(value) if isinstance(value, str) else value}" for name, value in settings.items()
    ]
    if under:
        lines.append(f"proven_under = {json.dumps(sorted(under))}")
    return "\n".join(["[[layouts]]", *lines, f"proven = {str(proven).lower()}", ""])


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0: JSON's, and the one control character that JSON leaves alone escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _first_fault(error: ValidationError) -> str:
    """Where in the file, and what: `layouts.0.mode: input should be …`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in fault["loc"]) or "layouts"
    what = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {what[:1].lower()}{what[1:]}"
