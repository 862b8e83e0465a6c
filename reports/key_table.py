"""The table of keys: those that were given, and those that are missing."""

from dataclasses import dataclass

from reports.summary import KeyPeriod, KeySummary, Summary


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in words.

    Attributes:
        label: the key file's, or "" where none was given.
        use: what it is good for.
        period: when it was in use.
        bits: its length, or "" if it is not known.
        opens: credentials that it opens, or may.
        fingerprint: SHA-1 of the file.
    """

    label: str
    use: str
    period: str
    bits: str
    opens: str
    fingerprint: str


def key_rows(summary: Summary) -> list[KeyRow]:
    """Those that were given in their order, then those that are missing."""
    periods = {period.fingerprint: period for period in summary.periods}
    given = [
        KeyRow(
            label=key.label,
            use=_use(key),
            period=period_in_words(periods.get(key.fingerprint)),
            bits=str(key.bits) if key.bits else "",
            opens=f"{key.opens:,}",
            fingerprint=key.fingerprint,
        )
        for key in summary.keys
    ]
    missing = [
        KeyRow(
            label="",
            use="look for this file" if key.saves_up_to else "probably of no use",
            period=period_in_words(periods.get(key.fingerprint)),
            bits="",
            opens=f"up to {key.saves_up_to:,}" if key.saves_up_to else "",
            fingerprint=key.fingerprint,
        )
        for key in summary.missing_keys
    ]
    return [*given, *missing]


def period_in_words(period: KeyPeriod | None) -> str:
    """Days, as far as they are known."""
    if period is None:
        return ""
    begin, end = period.begin[:10], period.end[:10]
    if period.basis != "history":
        if not end:
            return "no date known"
        return f"named on {end}" if begin in {"", end} else f"named from {begin} to {end}"
    if period.now:
        return f"since {begin}" if begin else "now"
    if not end:
        return "no date known"
    return f"{begin} to {end}" if begin else f"until {end}"


def _use(key: KeySummary) -> str:
    if key.current:
        return key.remark or "in use now"
    return key.remark or ("older: keep it" if key.opens else "opens nothing here")
