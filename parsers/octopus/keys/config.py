"""The Octopus master key in `OctopusServer.config`, where it is sealed for one machine."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from xml.parsers import expat

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from parsers.errors import KeyFileError, SecretReferenceError
from parsers.keys.aes_forms import decode_base64
from parsers.keys.key_text import decode_text
from parsers.keys.reference import resolve
from parsers.octopus.keys.master_key import master_key_from_base64
from parsers.secret import Secret

SETTING: Final = "Octopus.Storage.MasterKey"

# <octopus-settings><set key="Octopus.Storage.MasterKey">AQAAANCMnd8BFdERjHoAwE/Cl+s…</set></octopus-settings>
_DPAPI_BEGINS: Final = "AQAAANCMnd8BFdERjHoAwE/Cl+s"

_MACHINE_ID_VECTOR: Final = b"743677397A244326"
"""The constant initialization vector that goes with `/etc/machine-id` as the key."""

_ASK_THE_MACHINE: Final = "run `Octopus.Server show-master-key` on that machine and give what it prints"


def is_octopus_config(content: Secret) -> bool:
    """Whether this is an Octopus configuration file, readable or not."""
    return "<octopus-settings" in (decode_text(content.reveal()) or "")


def open_octopus_config(content: Secret, path: Path | None) -> Secret:
    """The master key in a configuration file that lies at `path`, if it lies anywhere.

    Raises:
        KeyFileError: as `read_octopus_config`.
    """
    return read_octopus_config(content, _machine_secrets(path))


def _machine_secrets(config: Path | None) -> Iterator[Secret]:
    """What may open the Linux form, as far as it can be read: copies next to the file, this machine's own."""
    names = [] if config is None else [config.parent / "machinekey", config.parent / "machine-id"]
    for path in (*names, Path("/etc/octopus/machinekey"), Path("/etc/machine-id")):
        with suppress(SecretReferenceError):
            yield resolve(f"file:{path}")


def read_octopus_config(content: Secret, machine_secrets: Iterable[Secret]) -> Secret:
    """The master key of an `OctopusServer.config` that was written on Linux.

    Args:
        content: the file.
        machine_secrets: contents of `/etc/machine-id` or `/etc/octopus/machinekey` files, tried in turn.

    Raises:
        KeyFileError: it is not such a file, has no master key, is sealed by Windows, or opens with none of
            `machine_secrets`.
    """
    value = _setting(content.reveal())
    if value.startswith(_DPAPI_BEGINS):
        raise KeyFileError(
            "the master key in it is sealed by Windows: only its own machine can open it",
            hint=_ASK_THE_MACHINE,
        )
    sealed = decode_base64(value.encode())
    if not sealed or len(sealed) % 16:
        raise KeyFileError(f"the value of {SETTING} has no known form", hint=_ASK_THE_MACHINE)
    opened = (_open(sealed, secret.reveal()) for secret in machine_secrets)
    key = next((each for each in opened if each is not None), None)
    if key is None:
        raise KeyFileError(
            "the master key in it is sealed for its machine, and no machinekey or machine-id here opens it",
            hint="put that machine's /etc/octopus/machinekey or machine-id next to it, or "
            f"{_ASK_THE_MACHINE}",
        )
    return key


def _setting(content: bytes) -> str:
    """The text of the master key's `set` element.

    Raises:
        KeyFileError: no well-formed XML, a document type (which could name other files), or no such element.
    """
    reader = _SettingReader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse_document_type
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes its arguments by position only
    except expat.ExpatError as error:
        raise KeyFileError(f"no well-formed configuration file: line {error.lineno}") from error
    value = "".join(reader.parts).strip()
    if not value:
        raise KeyFileError(f"a configuration file without {SETTING}", hint=_ASK_THE_MACHINE)
    return value


class _SettingReader:
    """Collects the text of one `set` element."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._inside = False

    def refuse_document_type(self, *_: object) -> None:
        raise KeyFileError("a configuration file with a document type is not read")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = name == "set" and attributes.get("key") == SETTING

    def text(self, text: str) -> None:
        if self._inside:
            self.parts.append(text)

    def end(self, _name: str) -> None:
        self._inside = False


def _open(sealed: bytes, machine_secret: bytes) -> Secret | None:
    """The master key: the plain text is its base64 as a JSON string, so that a wrong machine shows."""
    key, vector = _key_and_vector(machine_secret.strip())
    if len(key) != 32 or len(vector) != 16:
        return None
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    try:
        plain = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
        text = json.loads(plain)
    except (ValueError, RecursionError):  # padding, encoding or JSON: another machine's
        return None
    return master_key_from_base64(text) if isinstance(text, str) else None


def _key_and_vector(machine_secret: bytes) -> tuple[bytes, bytes]:
    """`base64(key).base64(iv)` of a machinekey file, or the 32 characters of a machine-id as they are."""
    key, dot, vector = machine_secret.partition(b".")
    return (decode_base64(key), decode_base64(vector)) if dot else (machine_secret, _MACHINE_ID_VECTOR)
