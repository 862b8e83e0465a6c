"""Settings: every option that one would otherwise retype, from a file of the user's own."""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, Protocol

import typer

from audit.errors import SettingsError

FILE_NAME: Final = "passkey-audit.toml"

_MAX_BYTES: Final = 1 << 20
_NOT_SETTINGS: Final = frozenset({"help", "version", "config"})

Settings = dict[str, dict[str, object]]
"""Command → parameter → value: what the command line takes where nothing was typed."""


class Parameter(Protocol):
    """An option or argument, as far as it matters here; typer's own classes have no public names."""

    @property
    def name(self) -> str | None:
        """What the program calls it."""
        ...

    @property
    def opts(self) -> Sequence[str]:
        """What the user may call it; of an argument its name."""
        ...

    @property
    def nargs(self) -> int:
        """How many words it takes; -1 is any number."""
        ...


class Command(Protocol):
    """A command, likewise."""

    @property
    def params(self) -> Sequence[Parameter]:
        """Its options and arguments."""
        ...


def own_settings() -> Path | None:
    """The file in the user's own configuration folder, if it is there.

    Never one in the working directory: a bundle unpacked there may bring `cmd:` references. So a
    configuration folder that is relative, against the XDG specification, does not count either.
    """
    folder = Path(typer.get_app_dir("passkey-audit"))
    path = folder / FILE_NAME
    return path if folder.is_absolute() and path.is_file() else None


def read_settings(path: Path, commands: Mapping[str, Command]) -> Settings:
    """The settings in `path`: options by their long names, for all commands that have them or for one.

        key = ["conf/passkey", "backups/"]    # for every command with --key
        [audit]
        owners = "owners.csv"                 # for `audit` alone, and wins there

    What is typed wins over both. A reference to a secret may be `cmd:` here, as on the command line.

    Raises:
        SettingsError: the file cannot be read or others may write to it, or a setting does not exist or has a
            value that makes no sense.
    """
    table = _table(path)
    for_all = {name: value for name, value in table.items() if not isinstance(value, dict)}
    for_one = {name: value for name, value in table.items() if isinstance(value, dict)}
    known = {name: _settable(command.params) for name, command in commands.items()}
    _refuse_unknown(for_all, (name for names in known.values() for name in names), f"{str(path)!r}")
    _refuse_unknown(for_one, known, f"{str(path)!r}")
    settings: Settings = {}
    for command, parameters in known.items():
        own = for_one.get(command, {})
        _refuse_unknown(own, parameters, f"[{command}] in {str(path)!r}")
        given = {name: value for name, value in for_all.items() if name in parameters} | own
        settings[command] = {
            str(parameters[name].name): _value(name, value, parameters[name]) for name, value in given.items()
        }
    return settings


def _table(path: Path) -> dict[str, object]:
    import tomllib  # every command asks whether there are settings, most find none

    try:
        with path.open("rb") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IWOTH:
                raise SettingsError(
                    f"others may write to the settings file {str(path)!r}",
                    hint="it can start commands: chmod o-w, once you have looked at what is in it",
                )
            content = file.read(_MAX_BYTES)
        return tomllib.loads(content.decode())
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise SettingsError(f"cannot read the settings file {str(path)!r}: {reason}") from error
    except ValueError as error:  # TOML, or an encoding, that is none; what it says may quote a secret
        raise SettingsError(f"the settings file {str(path)!r} is not TOML in UTF-8") from error


def _settable(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Options by their long names, arguments by what the program calls them."""
    names = {
        name.removeprefix("--"): parameter
        for parameter in parameters
        for name in parameter.opts
        if name.startswith("--") or not name.startswith("-")
    }
    return {name: parameter for name, parameter in names.items() if name not in _NOT_SETTINGS}


def _refuse_unknown(given: Iterable[str], known: Iterable[str], where: str) -> None:
    names = sorted(set(known))
    for name in given:
        if name not in names:
            raise SettingsError(f"{where}: there is no {name!r}", hint=f"there are {', '.join(names)}")


def _value(name: str, value: object, parameter: Parameter) -> object:
    """The value as if it had been typed."""
    several = parameter.nargs == -1 or getattr(parameter, "multiple", False)
    if isinstance(value, list) and several:
        return [_single(name, each, parameter) for each in value]
    single = _single(name, value, parameter)
    return [single] if several else single


def _single(name: str, value: object, parameter: Parameter) -> object:
    if isinstance(value, bool) and getattr(parameter, "is_flag", False):
        return value
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise SettingsError(f"the setting {name!r} has a value that its option cannot have")
