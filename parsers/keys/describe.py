"""Key files described without showing a key."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from parsers.keys.aes_forms import aes_forms, key_bits
from parsers.keys.key_file import KeyFile

DESCRIBED: Final = pl.Schema(
    {
        "file": pl.String,
        "fingerprint": pl.String,
        "bytes": pl.Int64,
        "bits": pl.Int64,
        "forms": pl.String,
        "remarks": pl.String,
    }
)
"""One row a key file.

`bits`: the likeliest AES key length, 0 if it can be none; `forms`: every way to read it as an AES key
(`raw 256, hex 128`, `master key 256`).
"""


def describe(files: Iterable[KeyFile]) -> pl.DataFrame:
    """Key files as a `DESCRIBED` frame, in the order given."""
    return pl.DataFrame([_row(file) for file in files], schema=DESCRIBED, orient="row")


def _row(file: KeyFile) -> tuple[str, str, int, int, str, str]:
    forms = [f"{each.form} {each.bits}" for each in aes_forms(file.content)]
    if file.master_key is not None:
        forms.insert(0, f"master key {8 * len(file.master_key)}")
    return (
        file.reference,
        file.fingerprint,
        len(file.content),
        key_bits(file.content, file.master_key),
        ", ".join(forms),
        "; ".join(file.remarks),
    )
