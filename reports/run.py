"""A finished run: everything that a report is made of."""

from dataclasses import dataclass, field

import polars as pl

from reports.errors import RunFolderError
from reports.product_guide import Guides
from reports.schema import CREDENTIALS, FINDINGS, NOT_STORED, UNREAD
from reports.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """The summary, and the frames that it sums up, each in its schema of `reports.schema`.

    Attributes:
        guides: of every product in the run. It may be left out of a run that no report is written of.

    Raises:
        RunFolderError: a frame has other columns, or the summary counts other credentials.
    """

    summary: Summary
    credentials: pl.DataFrame
    findings: pl.DataFrame
    unread: pl.DataFrame
    not_stored: pl.DataFrame = field(default_factory=NOT_STORED.to_frame)
    guides: Guides = field(default_factory=dict)

    def __post_init__(self) -> None:
        frames = {
            "credentials": (self.credentials, CREDENTIALS),
            "findings": (self.findings, FINDINGS),
            "unread": (self.unread, UNREAD),
            "what is logged and not stored": (self.not_stored, NOT_STORED),
        }
        for name, (frame, schema) in frames.items():
            if frame.schema != schema:
                raise RunFolderError(f"the frame of {name} does not have the columns of a run")
        total, rows = self.summary.total, self.credentials.height
        if total != rows:
            raise RunFolderError(f"the summary counts {total} credentials, and {rows} are there")
        if sum(self.summary.verdicts.values()) != total:
            raise RunFolderError("the summary's verdicts do not add up to its credentials")
