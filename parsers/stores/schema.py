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

`system`: cloudbees-cd or octopus. `kind`: credential, directory-provider, email-config, devops-insight, user,
document, server. `value`: the stored ciphertext exactly as stored (text as UTF-8), null where there is
none; `iv`: an initialization vector from a column of its own, else null. `record` identifies the row within
`store` (`ec_credential:id=…`, `line 12`). Absent text is "", never null.
"""

BATCH_ROWS: Final = 131_072
"""Rows a batch at most: memory stays flat, and trial decryption is fastest at about this size."""
