"""`database.properties` files as the product and its administrators write them."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cloudbees.database_properties import read_database_properties, replaced_password
from parsers.cloudbees.java_properties import properties
from parsers.errors import StoreError
from parsers.secret import Secret


def written(folder: Path, content: str) -> Path:
    path = folder / "database.properties"
    path.write_text(content, "latin-1")
    return path


def test_file_of_the_product(tmp_path: Path) -> None:
    """Escaped colons and equals signs are part of the values: base64 needs them whole."""
    content = (
        "#Thu Mar 04 05:06:07 UTC 2021\n"
        "COMMANDER_DB_TYPE=mysql\n"
        "COMMANDER_DB_HOST=db.example.com\n"
        "COMMANDER_DB_PORT=3307\n"
        "COMMANDER_DB_NAME=commander\n"
        "COMMANDER_DB_USER=flow\n"
        "COMMANDER_DB_PASSWORD=zWjkbdMteM0VY1Ls3V+lwA\\=\\=\n"
        "COMMANDER_DB_URL=jdbc\\:mysql\\://db.example.com\\:3307/commander\n"
    )
    found = read_database_properties(written(tmp_path, content))
    assert found.url == "mysql+pymysql://flow@db.example.com:3307/commander"
    assert found.password == Secret(b"zWjkbdMteM0VY1Ls3V+lwA==")
    assert "zWjk" not in repr(found)


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("TYPE=mysql\nHOST=h", "mysql+pymysql://h:3306/commander"),
        ("TYPE=mariadb\nHOST=h\nUSER=u", "mariadb+pymysql://u@h:3306/commander"),
        ("TYPE=builtin\nHOST=localhost\nPORT=8900", "mariadb+pymysql://localhost:8900/commander"),
        ("TYPE=postgresql\nHOST=h\nNAME=cd", "postgresql+psycopg://h:5432/cd"),
        ("TYPE=sqlserver\nHOST=h", "mssql+pymssql://h:1433/commander"),
        ("TYPE=oracle\nHOST=h\nNAME=ORCL", "oracle+oracledb://h:1521/ORCL"),
        ("URL=jdbc:postgresql://[::1]:5433/cd?ssl=true", "postgresql+psycopg://[::1]:5433/cd"),
        ("URL=jdbc:sqlserver://h:1444;encrypt=true;databaseName=cd;x=y", "mssql+pymssql://h:1444/cd"),
        ("URL=jdbc:jtds:sqlserver://h/cd;instance=i", "mssql+pymssql://h:1433/cd"),
        ("URL=jdbc:oracle:thin:@h:1521:ORCL", "oracle+oracledb://h:1521/ORCL"),
        ("URL=jdbc:oracle:thin:@//h:1522/cd", "oracle+oracledb://h:1522?service_name=cd"),
        ("URL=jdbc:mysql://u:secret@h/cd", "mysql+pymysql://h:3306/cd"),
        ("URL=jdbc:oracle:thin:u/secret@h:1521:ORCL", "oracle+oracledb://h:1521/ORCL"),
        ("URL=jdbc:mysql://h/cd\nTYPE=mariadb\nHOST=h2\nNAME=n", "mariadb+pymysql://h2:3306/n"),
    ],
)
def test_every_kind_of_database(tmp_path: Path, content: str, url: str) -> None:
    """The parts, or else the JDBC address, give the URL; ports that are missing are the usual ones."""
    lines = "\n".join(f"COMMANDER_DB_{line}" for line in content.splitlines())
    assert read_database_properties(written(tmp_path, lines)).url == url


def test_characters_beyond_sixteen_bits(tmp_path: Path) -> None:
    """Java escapes them as two halves, in either case of the digits."""
    content = "COMMANDER_DB_TYPE=mysql\nCOMMANDER_DB_HOST=h\nCOMMANDER_DB_PASSWORD=a\\ud83d\\uDD11z\n"
    assert read_database_properties(written(tmp_path, content)).password == Secret("a🔑z".encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "names no database"),
        ("COMMANDER_DB_TYPE=db2\nCOMMANDER_DB_HOST=h", "'db2' is not one of"),
        ("COMMANDER_DB_TYPE=builtin\nCOMMANDER_DB_HOST=h", "PORT is missing"),
        ("COMMANDER_DB_TYPE=mysql\nCOMMANDER_DB_HOST=h\nCOMMANDER_DB_PORT=33O6", "'33O6' is not a port"),
        ("COMMANDER_DB_PASSWORD=\\u12", "line 1: "),
        ("COMMANDER_DB_PASSWORD=\\ud83d!", "line 1: half of a character"),
        ("x" * 2_000_000, "more than"),
    ],
)
def test_useless_files_are_explained(tmp_path: Path, content: str, message: str) -> None:
    """Each message names the file and what is wrong with it."""
    with pytest.raises(StoreError, match=message) as caught:
        read_database_properties(written(tmp_path, content))
    assert "database.properties" in caught.value.message


def test_missing_file(tmp_path: Path) -> None:
    """A slip in the path is an error of one line."""
    with pytest.raises(StoreError, match="No such file"):
        read_database_properties(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a=1\nb:2\nc 3\nd\n", {"a": "1", "b": "2", "c": "3", "d": ""}),
        (b"  a \t= \t1 \r\n! no\r# no\r\nb\\ c\\=d=e", {"a": "1 ", "b c=d": "e"}),
        (b"a=1,\\\n   2,\\\r\n\t3\nb=c\\\\\nd=4\\", {"a": "1,2,3", "b": "c\\", "d": "4"}),
        (b"a=\\u00fc\\t\\q\xfc\na=\\\\u0041", {"a": "\\u0041"}),
        (b"a=\\u00fc\\t\\q\xfc", {"a": "ü\tqü"}),
        (b"a=\\\n#b=1\n=x\n", {"a": "#b=1", "": "x"}),
        (b"a=\\\n\n b=2", {"a": "", "b": "2"}),
    ],
)
def test_syntax(content: bytes, expected: dict[str, str]) -> None:
    """As the documentation of `java.util.Properties.load` has it."""
    assert properties(content) == expected


@given(st.lists(st.sampled_from([b"a", b"=", b":", b"\\", b"u00", b"\n", b"\r", b" ", b"#"])).map(b"".join))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but the project's own error comes out."""
    with suppress(StoreError):
        properties(content)


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
