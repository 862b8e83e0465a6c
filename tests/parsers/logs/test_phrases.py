"""Phrases without code: a TOML file adds to the table."""

from pathlib import Path

import pytest

from parsers.errors import LogError
from parsers.logs.leaf_reading import LeafReader
from parsers.logs.phrases import DEFAULT, read_phrases
from tests.parsers.logs.streams import leaf

OWN = """
[[phrases]]
phrase = "Vault says no"
kind = "vault-refusal"
subject_kind = "credential"
subject = 'for (?P<subject>\\w+) of (?P<project>\\w+)'
"""


def write(folder: Path, text: str) -> str:
    path = folder / "phrases.toml"
    path.write_text(text)
    return str(path)


def test_own_phrase_is_found_beside_the_default_ones(tmp_path: Path) -> None:
    """An added phrase gives findings of its own kind, its subject read by its own pattern."""
    phrases = read_phrases(write(tmp_path, OWN))
    data = b"x: Vault says no for db of Billing\nCan not decrypt user 'u'\n"
    [found] = LeafReader(phrases).read(leaf(b"2021-03-04T05:06:07.089 | INFO | " + data[:35])).findings
    assert (found.kind, found.subject_kind, found.subject, found.project) == (
        "vault-refusal", "credential", "db", "Billing",
    )  # fmt: skip
    assert phrases.table[: len(DEFAULT.table)] == DEFAULT.table


def test_own_kind_ranks_between_messages_and_generic_signs(tmp_path: Path) -> None:
    """The products' own messages are more specific than an added kind, generic exceptions less."""
    phrases = read_phrases(write(tmp_path, OWN))
    for text, kind in (
        ("Vault says no, BadPaddingException", "vault-refusal"),
        ("Vault says no, Couldn't decrypt password", "decrypt-failure"),
    ):
        found = phrases.found_in(text)
        assert found is not None
        assert found[0].kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "[[phrases]]\nphrase = 'abcd'",
        "[[phrases]]\nphrase = 'abcd'\nkind = 'Not A Kind'",
        "[[phrases]]\nphrase = 'abcd'\nkind = 'k'\nsubject = '('",
        "[[phrases]]\nphrase = 'abcd'\nkind = 'k'\nsubject = 'no group'",
        "[[phrases]]\nphrase = 'ab\\ncd'\nkind = 'k'\ncolour = 1",
        '[[phrases]]\nphrase = "ab\\ncd"\nkind = "k"',
        "\udcff",
    ],
)
def test_bad_file_is_one_clear_error(tmp_path: Path, text: str) -> None:
    """Whatever is wrong with it, the error is the project's own and names the file."""
    path = tmp_path / "phrases.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LogError, match=r"phrases\.toml"):
        read_phrases(str(path))


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is said to be so."""
    with pytest.raises(LogError, match="No such file"):
        read_phrases(str(tmp_path / "none.toml"))
