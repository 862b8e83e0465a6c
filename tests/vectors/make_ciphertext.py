"""Writes `ciphertext.json`: stored values in every layout shape, made by other implementations than ours.

    python -m tests.vectors.make_ciphertext

ECB and CBC by the openssl program and by PyCryptodome, which must agree; GCM by PyCryptodome alone, since
`openssl enc` has none. The same bytes every time: vectors and nonces come from seeded chance.
"""

import hashlib
import json
import random
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from tests.support.programs import need
from tests.support.sealing import UNKNOWN_VECTOR, seal

HERE: Final = Path(__file__).parent

KEYS: Final = [hashlib.sha512(f"vector key {size}".encode()).digest()[:size] for size in (16, 32)]

TEXTS: Final = ("x", "Gr\u00fc\u00dfe aus K\u00f6ln", "a token of more than two whole blocks, say")

WRITTEN: Final = (
    (Encoding.BASE64, b""),
    (Encoding.BASE64_URL, b""),
    (Encoding.HEX, b""),
    (Encoding.BASE64, b"v2:"),
)

SHAPES: Final = (
    (Mode.ECB, Iv.NONE, 0),
    (Mode.CBC, Iv.ZERO, 0),
    (Mode.CBC, Iv.KEY, 0),
    (Mode.CBC, Iv.FRONT, 0),
    (Mode.CBC, Iv.BESIDE, 0),
    (Mode.CBC, Iv.CONSTANT, 0),
    (Mode.GCM, Iv.FRONT, 12),
    (Mode.GCM, Iv.FRONT, 16),
)


def main() -> None:
    """Write the file: a line each."""
    lines = ",\n".join(json.dumps(vector) for vector in _vectors())
    (HERE / "ciphertext.json").write_text(f"[\n{lines}\n]\n")


def _vectors() -> Iterator[dict[str, str | int]]:
    for (mode, iv, nonce), (encoding, prefix), key, text in product(SHAPES, WRITTEN, KEYS, TEXTS):
        constant = UNKNOWN_VECTOR if iv is Iv.CONSTANT else b""
        yield _vector(Layout(KeyForm.RAW, mode, iv, encoding, prefix, nonce, constant), key, text)


def _vector(layout: Layout, key: bytes, text: str) -> dict[str, str | int]:
    def chance() -> random.Random:
        return random.Random(f"{layout.name} {len(key)} {text}")

    value = seal(layout, key, text.encode(), chance())
    if layout.mode is not Mode.GCM and value != seal(layout, key, text.encode(), chance(), by_openssl):
        raise AssertionError(f"openssl and PyCryptodome disagree on {layout.name}")
    return {
        "mode": layout.mode,
        "iv": layout.iv,
        "encoding": layout.encoding,
        "prefix": layout.prefix.hex(),
        "nonce_size": layout.nonce_size,
        "constant_iv": layout.constant_iv.hex(),
        "key": key.hex(),
        "text": text,
        "value": value.decode(),
    }


def by_openssl(key: bytes, vector: bytes | None, plain: bytes) -> bytes:
    """AES-ECB without a vector, AES-CBC with one; the program pads."""
    name = f"-aes-{8 * len(key)}-{'ecb' if vector is None else 'cbc'}"
    arguments = [need("openssl"), "enc", name, "-K", key.hex()]
    if vector is not None:
        arguments += ["-iv", vector.hex()]
    return subprocess.run(arguments, input=plain, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
