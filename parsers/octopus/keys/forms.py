"""The forms of the Octopus master key: as it is printed, and sealed in the server's configuration."""

from pathlib import Path
from typing import Final

from parsers.octopus.keys.config import is_octopus_config, machine_secrets, read_octopus_config
from parsers.octopus.keys.master_key import find_master_key
from parsers.product import KeyForms
from parsers.secret import Secret


def _open_sealed(content: Secret, path: Path | None) -> Secret:
    return read_octopus_config(content, machine_secrets(path))


KEYS: Final = KeyForms(find=find_master_key, is_sealed=is_octopus_config, open_sealed=_open_sealed)
