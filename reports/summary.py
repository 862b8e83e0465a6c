"""`summary.json`: the run in numbers, in the shape that scripts rely on."""

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeySummary(_Frozen):
    """A candidate key: never its bytes."""

    label: str
    bits: int
    fingerprint: str
    opens: int
    current: bool


class FingerprintSummary(_Frozen):
    """Where a passkey fingerprint was met, and its date of last use there."""

    where: str
    fingerprint: str
    when: str


class LayoutSummary(_Frozen):
    """A ciphertext layout that the data show, with its evidence.

    Attributes:
        names: hypotheses that give the same plain text on all the data: one answer.
        key: label of the key that it was found with.
        opened: how many values it opens, of `tried`.
        p_value: corrected for the number of hypotheses.
        established: whether `p_value` is at most 1e-9, or a known plain text proved it.
    """

    names: list[str]
    key: str
    opened: int
    tried: int
    p_value: float
    established: bool


class InputSummary(_Frozen):
    """An input: whether it was read, how much of it (`lines` or `records`), and why not."""

    path: str
    read: bool
    lines: int | None = None
    records: int | None = None
    why: str = ""


class SpanSummary(_Frozen):
    """The time that the logs cover: first and last entry, and holes as pairs (from, to)."""

    first: str
    last: str
    gaps: list[tuple[str, str]]


class IgnoreSummary(_Frozen):
    """A rule of the ignore file: what, why, up to which day, and how many credentials it ignores.

    One that has expired ignores none.
    """

    pattern: str
    reason: str
    expires: str
    expired: bool
    credentials: int


class Summary(_Frozen):
    """Everything in `summary.json`. `verdicts` adds up to `total`; `ignored` may be absent in older runs.

    `reentered` counts by state what lists that teams gave back name; it is empty where none were given.
    """

    system: str
    total: int
    verdicts: dict[str, int]
    actions: dict[str, int]
    findings: dict[str, int]
    keys: list[KeySummary]
    fingerprints: list[FingerprintSummary]
    layouts: list[LayoutSummary]
    inputs: list[InputSummary]
    span: SpanSummary
    ignored: list[IgnoreSummary] = []
    reentered: dict[str, int] = {}
    exit_code: int
