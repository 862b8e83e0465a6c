"""Another password in `database.properties`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cloudbees.database_properties import replaced_password
from parsers.cloudbees.java_properties import properties
from parsers.errors import StoreError

NEW = b"AAAA/+bbbb:c#d!=="
WRITTEN = rb"AAAA/+bbbb\:c\#d\!\=\="


@pytest.mark.parametrize(
    ("before", "old", "behind"),
    [
        (b"COMMANDER_DB_PASSWORD=", b"old\\=\\=", b"\n"),
        (b"#c\r\nA=1\r\n \tCOMMANDER_DB_PASSWORD : ", b"old", b"\r\nB=2"),
        (b"COMMANDER_DB_PASSWORD=", b"ol\\\n   d\\\r\n\td", b"\rB=2\r"),
        (b"COMMANDER_DB_\\\n  PASSWORD\\\n = \\\n  ", b"old\\", b""),
        (b"COMMANDER_DB_PASS\\u0057ORD ", b"old ", b"\n"),
        (b"#x \\\nCOMMANDER_DB_PASSWORD=", b"old", b""),
        (b"A=1\\\nCOMMANDER_DB_PASSWORD=no\nCOMMANDER_DB_PASSWORD=", b"\\#", b""),
        (b"\xfc=\xe4\nXCOMMANDER_DB_PASSWORD=a\n\nCOMMANDER_DB_PASSWORD\t", b"old", b"\n"),
    ],
)
def test_only_the_value_changes(before: bytes, old: bytes, behind: bytes) -> None:
    """Whatever the separator, the line's end, continuations and comments around it."""
    assert replaced_password(before + old + behind, NEW) == before + WRITTEN + behind


@pytest.mark.parametrize(
    "content",
    [b"", b"A=COMMANDER_DB_PASSWORD=x", b"#COMMANDER_DB_PASSWORD=x", b"COMMANDER_DB_PASSWORD=\nA=1",
     b"COMMANDER_DB_PASSWORD=x\nCOMMANDER_DB_PASSWORD=y"],
)  # fmt: skip
def test_refused(content: bytes) -> None:
    """No password, or two of them: nothing is guessed."""
    with pytest.raises(StoreError, match="COMMANDER_DB_PASSWORD"):
        replaced_password(content, NEW)


lines = st.text(alphabet="Aa1 \t\f\\=:#!\u00fc", max_size=12)
ends = st.sampled_from(["\n", "\r", "\r\n"])


characters = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])


@settings(deadline=None)
@given(st.lists(st.tuples(lines, ends)), lines, st.text(characters, min_size=1))
def test_as_java_reads_it(around: list[tuple[str, str]], old: str, new: str) -> None:
    """The other properties stay, and this one is the new password."""
    half = len(around) // 2
    written = ["".join(line + end for line, end in part) for part in (around[:half], around[half:])]
    content = f"{written[0]}\nCOMMANDER_DB_PASSWORD=x{old}\n{written[1]}".encode("latin-1")
    before = properties(content)
    if "COMMANDER_DB_PASSWORD" not in before:  # the line before goes on in this one
        return
    after = properties(replaced_password(content, new.encode()))
    assert after == before | {"COMMANDER_DB_PASSWORD": new}
