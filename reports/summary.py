"""`summary.json`: the run in numbers, in the shape that scripts rely on."""

from pydantic import BaseModel, ConfigDict


class _SummaryPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeySummary(_SummaryPart):
    """A candidate key: never its bytes. `remark` says that it opens nothing, and why."""

    label: str
    bits: int
    fingerprint: str
    opens: int
    current: bool
    remark: str = ""
    system: str = ""


class FingerprintSummary(_SummaryPart):
    """Where a passkey fingerprint was met, and its date of last use there."""

    where: str
    fingerprint: str
    when: str


class KeyPeriod(_SummaryPart):
    """When a passkey that stores or logs name was in use; times are ISO 8601 without a zone.

    Attributes:
        fingerprint: SHA-1 of the passkey file.
        label: of the key file that was given, or "" if none was.
        begin: since when, or "" if it is not known.
        end: until when at least, or "" if it is not known.
        now: whether the server's history names it as the last one.
        basis: `history`, where the server's own history dates it: it followed the passkey before it, and was
            used last at `end`; `sightings`, where only exports or logs name it: `begin` and `end` are the
            first and the last of these.
    """

    fingerprint: str
    label: str
    begin: str
    end: str
    now: bool
    basis: str


class MissingKeySummary(_SummaryPart):
    """A passkey that stores or logs name, and whose file was not among the keys.

    Attributes:
        fingerprint: SHA-1 of the file to look for.
        last_used: when it was met last, or "".
        after: when the passkey before it was used last, or "".
        advice: which copy to look for.
        places: what names it.
        saves_up_to: credentials that no key opens and that could be under it; with several missing keys they
            share these.
        saves_likely: those of them that stand in an export which names it, or were changed last while it was
            in use.
        system: the product whose key it is; "" in runs of earlier versions.
    """

    fingerprint: str
    last_used: str
    after: str
    advice: str
    places: list[str]
    saves_up_to: int
    saves_likely: int
    system: str = ""


class UpgradeSummary(_SummaryPart):
    """The window of an upgrade that the logs show; `end` is "" where they do not say."""

    node: str
    begin: str
    end: str
    version: str


class Disagreements(_SummaryPart):
    """Where logs and store contradict each other, and what cannot be compared.

    Attributes:
        logged_but_opens: credentials that logs report, and that open under the current key today.
        lost_but_not_logged: lost or damaged credentials that no log entry names.
        logged_but_not_stored: objects that logs report, and that no store holds.
        not_comparable: objects that logs report, of a kind of which no store holds any, or named by an id
            alone where stores have none.
        unnamed: entries of failed decryption that do not say of what.
    """

    logged_but_opens: int
    lost_but_not_logged: int
    logged_but_not_stored: int
    not_comparable: int
    unnamed: int


class LayoutSummary(_SummaryPart):
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


class OpenQuestion(_SummaryPart):
    """What one known plain text would settle.

    Attributes:
        system: the product.
        key: label of the key that is certain; "" where no layout is established at all.
        current: whether a credential that is made today is encrypted under it.
        values: how many stored values the answer is about.
        layouts: those that the data cannot tell apart.
        example: location of one of the values.
        proposed_text: what to store in a new credential, to know its text; "" where that settles nothing:
            none can be made under the key, or how new ones lie is known already.
        candidates: locations of values of which one known text settles most, up to three: the largest
            group, the longest first.
        settled: how many other values under the key have a text that is known for certain.
    """

    system: str
    key: str
    current: bool
    values: int
    layouts: list[str]
    example: str
    proposed_text: str
    candidates: list[str] = []
    settled: int = 0


class InputSummary(_SummaryPart):
    """An input: whether it was read, how much of it (`lines` or `records`), and why not."""

    path: str
    read: bool
    lines: int | None = None
    records: int | None = None
    why: str = ""


class SpanSummary(_SummaryPart):
    """The time that the logs cover: first and last entry, and holes as pairs (from, to)."""

    first: str
    last: str
    gaps: list[tuple[str, str]]


class IgnoreSummary(_SummaryPart):
    """A rule of the ignore file: what, why, up to which day, and how many credentials it ignores.

    One that has expired ignores none.
    """

    pattern: str
    reason: str
    expires: str
    expired: bool
    credentials: int


class Summary(_SummaryPart):
    """Everything in `summary.json`; what has a default may be absent in older runs.

    `verdicts` adds up to `total`. `ignored_findings` counts log entries about nothing but what is ignored.
    `reentered` counts by state what lists that teams gave back name; it is empty where none were given.
    `disagreements` is null where no log was read.
    """

    system: str
    total: int
    verdicts: dict[str, int]
    actions: dict[str, int]
    findings: dict[str, int]
    keys: list[KeySummary]
    fingerprints: list[FingerprintSummary]
    periods: list[KeyPeriod] = []
    missing_keys: list[MissingKeySummary] = []
    layouts: list[LayoutSummary]
    open_questions: list[OpenQuestion] = []
    inputs: list[InputSummary]
    span: SpanSummary
    upgrades: list[UpgradeSummary] = []
    disagreements: Disagreements | None = None
    ignored: list[IgnoreSummary] = []
    ignored_findings: int = 0
    reentered: dict[str, int] = {}
    exit_code: int
