"""The same credential in several stores."""

import polars as pl

from audit.run.copies import Copies, JoinedCredentials, join_copies


def joined(*rows: tuple[str, str, str]) -> JoinedCredentials:
    """Rows of store, location and value."""
    frame = pl.DataFrame(rows, schema=["store", "location", "value_digest"], orient="row")
    return join_copies(
        frame.with_columns(
            pl.lit("cloudbees-cd").alias("system"),
            pl.lit("credential").alias("kind"),
            pl.format("row of {}", "store").alias("record"),
            pl.lit("because").alias("reason"),
        )
    )


def test_equal_values_in_two_stores_are_one() -> None:
    """A database and its export give each credential once, with both places."""
    found = joined(("db", "/a", "1"), ("db", "/b", "2"), ("xml", "/b", "2"), ("xml", "/a", "1"))
    assert found.frame.select("location", "store", "record").rows() == [
        ("/a", "db; xml", "row of db; row of xml"),
        ("/b", "db; xml", "row of db; row of xml"),
    ]
    assert found.copies == Copies(joined=2, differing=0)
    assert found.kept.to_list() == [True, True, False, False]


def test_different_values_stay_and_say_so() -> None:
    """Where stores disagree both values stay, each with the reason; others are left alone."""
    found = joined(("db", "/a", "1"), ("xml", "/a", "9"), ("xml", "/c", "3"))
    assert (found.frame.height, found.copies) == (3, Copies(joined=0, differing=1))
    assert [("different value" in reason) for reason in found.frame["reason"]] == [True, True, False]


def test_one_store_is_left_as_it_is() -> None:
    """Equal rows of one store are two values, not copies."""
    found = joined(("db", "/a", "1"), ("db", "/a", "1"))
    assert (found.frame.height, found.copies.joined) == (2, 0)
    both = joined(("db", "/a", "1"), ("db", "/a", "1"), ("xml", "/a", "1"))
    assert (both.frame.height, both.copies.joined) == (2, 1)
