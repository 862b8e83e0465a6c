"""Times as days since 1970, as matplotlib counts them."""

from datetime import datetime
from typing import Final

import polars as pl

_EPOCH: Final = datetime.fromisoformat("1970-01-01")


def days(text: pl.Expr) -> pl.Expr:
    """Days since 1970 of local time, to the second; null for text that is no time."""
    moment = text.str.slice(0, 19).str.replace(" ", "T").str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)
    return moment.dt.epoch("s") / 86_400


def day_of(text: str) -> float | None:
    """The same of one text; None for text that is no time."""
    try:
        moment = datetime.fromisoformat(text[:19]).replace(tzinfo=None)
    except ValueError:
        return None
    return (moment - _EPOCH).total_seconds() / 86_400
