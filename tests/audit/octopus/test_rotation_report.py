"""A rotation report held against the documents of a store."""

import base64

import polars as pl
import pytest

from audit.octopus.documents import DocumentCounts, about_left_behind, count_documents, judged_documents
from audit.octopus.rotation_report import check_report, product_report
from parsers.logs.schema import FINDINGS
from parsers.octopus.logs.rotation_report import parse_rotation_report
from tests.support.sealing import candidate, ring_of

NEW, OTHER = bytes(range(16)), bytes(16)
KEY = base64.b64encode(NEW).decode()


def report(processed: int, updated: int, failed: int, *, key: str = f"New Master Key: {KEY}\n") -> str:
    return (
        f"{key}Processed {processed} documents.\n{updated}/{processed} documents were updated\n"
        f"{failed}/{processed} documents were left unchanged due to errors\n"
    )


SOUND = DocumentCounts(total=10, current=7, older=0, unopened=0, without=3)
CASES = [
    (report(10, 7, 0), SOUND, ["clear-text-key"]),
    (report(10, 7, 0, key=""), SOUND, []),
    (report(10, 7, 0, key=""), DocumentCounts(10, 5, 2, 0, 3), ["left"]),
    (report(10, 5, 0, key=""), DocumentCounts(10, 5, 2, 0, 3), ["left", "passed over"]),
    (report(10, 5, 2, key=""), DocumentCounts(10, 5, 0, 2, 3), ["errors"]),
    (report(12, 7, 0, key=""), SOUND, ["passed over"]),
]
WORDS = {
    "clear-text-key": "in clear text",
    "left": "do not open under the current key",
    "passed over": "were passed over",
    "errors": "left unchanged because of errors",
}


@pytest.mark.parametrize(("text", "counts", "faults"), CASES)
def test_faults(text: str, counts: DocumentCounts, faults: list[str]) -> None:
    """Each disagreement is a finding of its own, and agreement is none."""
    checked = check_report(parse_rotation_report(text, "r.txt"), counts, ring_of())
    assert checked.findings.schema == FINDINGS
    messages = checked.findings["message"].to_list()
    assert len(messages) == len(faults)
    assert [WORDS[fault] in message for fault, message in zip(faults, messages, strict=True)] == [True] * len(
        faults
    )
    assert KEY not in f"{checked.findings.rows()} {checked.remarks}"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([candidate("new", NEW, master_key=NEW, current=True)], "is the candidate 'new', current"),
        ([candidate("other", OTHER, master_key=OTHER)], "is none of the candidates"),
    ],
)
def test_key_of_the_report(keys: list[object], said: str) -> None:
    """The candidate that it is gets named; the key itself does not."""
    ring = ring_of(*keys)  # type: ignore[arg-type]  # parametrize forgets the type
    checked = check_report(parse_rotation_report(report(10, 7, 0), "r.txt"), SOUND, ring)
    assert said in checked.remarks[0]


VALUES = pl.DataFrame(
    [
        ("Account:Accounts-1#/Password", "current", "new"),
        ("Account:Accounts-1#/Token", "older-key", "old"),
        ("Account:Accounts-2#/Password", "lost", ""),
        ("Account:Accounts-2#/Token", "current", "new"),
        ("Account:Accounts-3#/Password", "empty", ""),
        ("Feed:Feeds-1#/Password", "current", "new"),
        ("Feed:Feeds-1#/Password", "current", "new"),
        ("Feed:a\nb#/Password", "older-key", "old"),
    ],
    schema=["record", "verdict", "opened_by"],
    orient="row",
).with_columns(pl.lit("octopus").alias("system"))


def test_documents_are_as_bad_as_their_worst_value() -> None:
    """Each counts once, and all of them add up."""
    documents = judged_documents(VALUES)
    assert documents.rows() == [
        ("Account", "Accounts-1", "older"),
        ("Account", "Accounts-2", "unopened"),
        ("Feed", "Feeds-1", "current"),
        ("Feed", "a\nb", "older"),
    ]
    counts = count_documents(documents, total=6)
    assert counts == DocumentCounts(total=6, current=1, older=2, unopened=1, without=2)
    assert counts.current + counts.older + counts.unopened + counts.without == counts.total


def test_report_in_the_products_form() -> None:
    """The program reads its own report as the product's; an id cannot forge a line of it."""
    documents = judged_documents(VALUES)
    text = product_report(count_documents(documents, total=6), documents, current="new")
    read = parse_rotation_report(text, "own")
    assert (read.processed, read.updated, read.failed, read.unexplained) == (6, 1, 3, 2)
    assert read.new_key is None
    assert "\nb" not in text


def test_left_behind() -> None:
    """Each older key is named with the documents that stayed under it, and nothing else is."""
    (said,) = about_left_behind(VALUES)
    assert said.startswith("2 values in 2 documents stayed under 'old': Accounts-1, a")
    assert about_left_behind(VALUES.filter(pl.col("verdict") != "older-key")) == []
