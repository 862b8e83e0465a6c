"""Two million stored values, sealed in columns so that making them takes seconds."""

import base64
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parsers.stores.schema import BATCH_ROWS, STORED

_ALPHABET: Final = np.frombuffer(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%-_.#", np.uint8
)

BLOCKS: Final = (0.45, 0.35, 0.12, 0.08)
"""Share of values of 1, 2, 3 and 4 blocks: passwords are short, tokens longer."""


def sealed_cbc(count: int, keys: Sequence[bytes], seed: int) -> pl.Series:
    """Base64 of AES-CBC with a zero vector, 16 to 64 bytes, under one of the keys each; Binary."""
    chance = np.random.default_rng(seed)
    parts = []
    for blocks, share in enumerate(BLOCKS, start=1):
        for key in keys:
            text = _padded_text(round(count * share / len(keys)), blocks, chance)
            parts.append(_written(_chained(text, key)))
    return pl.concat(parts).sample(fraction=1, shuffle=True, seed=seed)


def sealed_gcm(count: int, key: bytes, seed: int) -> pl.Series:
    """Base64 of AES-GCM, nonce of 12 bytes in front, text of 8 to 24 bytes; Binary."""
    chance = np.random.default_rng(seed)
    cipher = AESGCM(key)
    lengths = chance.integers(8, 25, count)
    letters = _ALPHABET[chance.integers(0, len(_ALPHABET), (count, 24))]
    nonces = [row.tobytes() for row in chance.integers(0, 256, (count, 12), np.uint8)]
    sealed = [
        nonce + cipher.encrypt(nonce, row[:length].tobytes(), None)
        for nonce, row, length in zip(nonces, letters, lengths, strict=True)
    ]
    return pl.Series([base64.b64encode(value) for value in sealed], dtype=pl.Binary)


def as_batches(values: pl.Series) -> list[pl.DataFrame]:
    """Batches of the `STORED` schema, as a store yields them."""
    number = pl.int_range(pl.len())
    rows = (
        values.alias("value")
        .to_frame()
        .with_columns(
            pl.lit("cloudbees-cd").alias("system"),
            pl.lit("credential").alias("kind"),
            pl.format("project {}", number // 500).alias("project"),
            pl.format("credential {}", number).alias("name"),
            pl.lit("svc_deploy").alias("user_name"),
            pl.format("/projects/project {}/credentials/credential {}", number // 500, number).alias(
                "location"
            ),
            pl.lit("LOCAL").alias("credential_type"),
            pl.lit("").alias("modified"),
            pl.lit(None, pl.Binary).alias("iv"),
            pl.lit("commander.sqlite").alias("store"),
            pl.format("ec_credential:id={}", number).alias("record"),
        )
    )
    return [batch.match_to_schema(STORED) for batch in rows.iter_slices(BATCH_ROWS)]


def _padded_text(count: int, blocks: int, chance: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Text with PKCS#7 padding; shape [blocks, count, 16]."""
    text = _ALPHABET[chance.integers(0, len(_ALPHABET), (count, 16 * blocks))]
    padding = chance.integers(1, 17, (count, 1)).astype(np.uint8)
    text = np.where(np.arange(16 * blocks) >= 16 * blocks - padding, padding, text)
    return np.ascontiguousarray(text.reshape(count, blocks, 16).transpose(1, 0, 2))


def _chained(text: npt.NDArray[np.uint8], key: bytes) -> npt.NDArray[np.uint8]:
    """CBC from its definition, all values at once; shape [count, 16 · blocks]."""
    before: npt.NDArray[np.uint8] = np.zeros(text.shape[1:], np.uint8)
    chained = []
    for block in text:
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        before = np.frombuffer(encryptor.update((block ^ before).tobytes()), np.uint8).reshape(-1, 16)
        chained.append(before)
    return np.stack(chained, axis=1).reshape(text.shape[1], -1)


def _written(sealed: npt.NDArray[np.uint8]) -> pl.Series:
    width = sealed.shape[1]
    raw = sealed.tobytes()
    return pl.Series(
        [base64.b64encode(raw[start : start + width]) for start in range(0, len(raw), width)], dtype=pl.Binary
    )
