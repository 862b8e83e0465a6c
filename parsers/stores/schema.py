"""The frame of stored values: what every kind of store yields."""

from typing import Final

import polars as pl

STORED: Final = pl.Schema(
    {
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "name": pl.String,
        "user_name": pl.String,
        "location": pl.String,
        "credential_type": pl.String,
        "modified": pl.String,
        "value": pl.Binary,
        "iv": pl.Binary,
        "store": pl.String,
        "record": pl.String,
    }
)
"""One row a stored value.

`system`: the product's id. `kind`: what the secret belongs to, as the product has it. `value`: the stored
ciphertext exactly as it lies there (text as UTF-8), null where there is none; `iv`: an initialization vector
that stands in a column beside it, else null. `record` finds the row again inside `store`
(`ec_credential:id=…`, `line 12`). Text that is absent is "", never null.
"""

BATCH_ROWS: Final = 131_072
"""Rows a batch at most: memory stays flat, and trial decryption is fastest at about this size."""
