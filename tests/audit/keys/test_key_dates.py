import pytest

from audit.keys.key_dates import comparable, iso_date
from parsers.stores.interface import FingerprintSeen


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-03-04 05:06:07.089", "2021-03-04T05:06:07.089"),
        ("2021-03-04T05:06:07", "2021-03-04T05:06:07"),
        ("2021-03-04", "2021-03-04"),
        ("1614834367000", "2021-03-04T05:06:07"),
        ("1614834367", "2021-03-04T05:06:07"),
        (" ", ""),
        ("yesterday", "yesterday"),
    ],
)
def test_dates_become_iso(written: str, expected: str) -> None:
    """Dates of databases and of the epoch become one form; what is not understood stays."""
    assert iso_date(written) == expected


def test_only_fingerprints_count() -> None:
    """Doubles and what is no SHA-1 are left out, the rest is lower-case and in order of date."""
    late, early = "AB" * 20, "cd" * 20
    seen = [
        FingerprintSeen("h", late, "2021-01-02 00:00:00"),
        FingerprintSeen("h", late.lower(), "2021-01-02T00:00:00"),
        FingerprintSeen("h", early, "2021-01-01"),
        FingerprintSeen("h", "xx", "2020"),
    ]
    assert [each.fingerprint for each in comparable(seen)] == [early, late.lower()]
