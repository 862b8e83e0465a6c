"""Dumps without a server: window borders, cuts, settings, and what cannot be followed."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.stores.interface import FingerprintSeen, NotAudited, Uncovered
from parsers.stores.sql_dump.definitions import Definitions
from parsers.stores.sql_dump.dialect import MYSQL, POSTGRESQL, Dialect, SqlSession, dialect_of
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.sql_dump.rows import Misread, Rows
from parsers.stores.sql_dump.statements import SqlStatements
from parsers.stores.sql_dump.survey import NOTHING
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile
from parsers.unread import Unread
from tests.parsers.stores.reading import events, rows, rows_of, unread

TABLES = """
CREATE TABLE `ec_credential` (`id` bigint, `name` varchar(9), `user_name` varchar(9), `password` text,
  `credential_type` varchar(9), `modified` varchar(9), `project_id` bigint);
CREATE TABLE `ec_project` (`id` bigint, `name` varchar(9));
"""
VALUE = "zWjkbdMteM0VY1Ls3V+lwA=="


def dump(path: Path, text: str, *, tables: str = TABLES) -> Path:
    """A dump of this text behind the tables."""
    path.write_text(tables + text, "utf-8")
    return path


def tokens(text: bytes, size: int, dialect: Dialect) -> list[tuple[bytes | str | None, ...]]:
    """Rows of table t, read in pieces of `size` bytes."""
    pieces: Iterator[bytes] = (text[at : at + size] for at in range(0, len(text), size))
    found: list[tuple[bytes | str | None, ...]] = []
    asked = {"t": frozenset({"a", "b"})}
    statements = SqlStatements(
        SqlWindow(pieces), SqlSession(dialect), lambda table: asked.get(table, NOTHING), Definitions()
    )
    for event in statements.read():
        assert isinstance(event, Rows), event
        columns, lost = event.values(asked["t"])
        assert lost == 0
        found += list(zip(*columns.values(), strict=True))
    return found


MYSQL_TEXT = rb"""/*!40101 SET NAMES utf8 */; -- don't
CREATE TABLE t (a text, x int, b text); # it's
INSERT INTO o VALUES ('\'','''',"\"","");INSERT INTO `o` VALUES ('/* -- ',1);
INSERT INTO `t` VALUES ('it''s',1,'\\'),('\'',-2.5,''), ('''',3,'\0\Z'),(NULL,4,');INSERT INTO t VALUES (');
DELIMITER ;;
CREATE TRIGGER x BEGIN INSERT INTO t VALUES ('no',1,'no'); END ;;
DELIMITER ;
INSERT INTO t VALUES /* between */ ('l',5,'a' 'b');
"""
MYSQL_ROWS = [
    ("it's", "\\"),
    ("'", ""),
    ("'", "\0\x1a"),
    (None, ");INSERT INTO t VALUES ("),
    ("l", "ab"),
]
POSTGRESQL_TEXT = rb"""-- don't
CREATE TABLE t (a text, x int, b text);
CREATE FUNCTION f() AS $_$ INSERT INTO t VALUES ('no',1,'no'); ' $_$;
INSERT INTO public.t VALUES ('it''s', 1, E'\'\\''x'), ('\', 2, '');
COPY o (a) FROM stdin;
INSERT INTO t VALUES ('no',1,'no');
\.
COPY public.t (a, x, b) FROM stdin;
\N	1	\\N
tab\there	2	z
\.
INSERT INTO t VALUES ('l', 5, '$_$');
"""
POSTGRESQL_ROWS = [("it's", "'\\'x"), ("\\", ""), (None, "\\N"), ("tab\there", "z"), ("l", "$_$")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 16, 64, 10_000])
@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [(MYSQL_TEXT, MYSQL, MYSQL_ROWS), (POSTGRESQL_TEXT, POSTGRESQL, POSTGRESQL_ROWS)],
    ids=["mysql", "postgresql"],
)
def test_the_size_of_the_pieces_does_not_matter(
    text: bytes, dialect: Dialect, expected: list[tuple[str | None, ...]], size: int
) -> None:
    """Wherever a border falls, the same rows come out."""
    assert tokens(text, size, dialect) == expected


@pytest.mark.parametrize("filler", [70_000, 1_048_570, 1_048_576, 1_048_580])
def test_long_passages_are_passed_over(tmp_path: Path, filler: int) -> None:
    """Strings and comments longer than the window hide what is in them, and nothing behind them."""
    hidden = "x" * filler + "INSERT INTO ec_credential (name) VALUES (1);"
    path = dump(
        tmp_path / "d.sql",
        f"INSERT INTO o VALUES ('{hidden}'); UPDATE o /* {hidden} */ SET a=1;"
        f"/* {hidden} */\n-- {hidden}\n"
        f"INSERT INTO ec_credential (id, name, password) VALUES (1, 'c', '{VALUE}');",
    )
    assert rows(path)["name"].to_list() == ["c"]
    assert unread(path) == []


def test_projects_behind_their_credentials(tmp_path: Path) -> None:
    """Names of projects are found wherever they stand; a project that is not there has no name."""
    path = dump(
        tmp_path / "d.sql",
        "INSERT INTO ec_credential VALUES"
        f" (1,'a','u','{VALUE}','LOCAL','2020',7),(2,'b','',NULL,NULL,NULL,8);"
        "INSERT INTO ec_project VALUES (7,'Demo');",
    )
    assert rows(path).select("project", "name", "location", "value", "record").rows() == [
        ("Demo", "a", "/projects/Demo/credentials/a", VALUE.encode(), "ec_credential:id=1"),
        ("", "b", "/credentials/b", None, "ec_credential:id=2"),
    ]


def test_history_and_absent_tables(tmp_path: Path) -> None:
    """Fingerprints come newest first; default tables that are not there are listed."""
    path = dump(
        tmp_path / "d.sql",
        "CREATE TABLE ec_configuration_history (passkey_fingreprint varchar(40), last_use_date varchar(20));"
        "INSERT INTO ec_configuration_history VALUES"
        f" ('{'a' * 40}','2019-01-01'),('{'b' * 40}','2020-01-01');",
    )
    found = events(path)
    assert [(event.fingerprint[0], event.when) for event in found if isinstance(event, FingerprintSeen)] == [
        ("b", "2020-01-01"),
        ("a", "2019-01-01"),
    ]
    assert "ec_user" in {event.place for event in found if isinstance(event, NotAudited)}


@pytest.mark.parametrize("end", ["", ";", ";\n", " ", "\n-- the end"])
@pytest.mark.parametrize("count", [1, 2, 4_096, 4_097])
def test_the_last_row_counts(tmp_path: Path, count: int, end: str) -> None:
    """However the last statement ends, servers load all of its rows."""
    values = ",".join(f"({number},'n','x')" for number in range(count))
    path = dump(tmp_path / "d.sql", f"INSERT INTO ec_credential (id,name,password) VALUES {values}{end}")
    assert rows(path).height == count
    assert unread(path) == []


def test_cut_in_a_row(tmp_path: Path) -> None:
    """Rows before the cut count, and the cut is told."""
    path = dump(tmp_path / "d.sql", "INSERT INTO ec_credential (id,name,password) VALUES (1,'a','x'),(2,'b")
    assert rows(path)["name"].to_list() == ["a"]
    assert [("cut off" in fault.reason, fault.partial) for fault in unread(path)] == [(True, True)]


def test_unmapped_ciphertext_is_found(tmp_path: Path) -> None:
    """A column that no mapping names is reported with count and form; keys, words and digests are not."""
    vault = """CREATE TABLE ec_vault (code varchar(99), PRIMARY KEY (`code`(20)), owner_id text, secret text,
        bytes varbinary(99), words text, md5 text, holder text,
        CONSTRAINT h FOREIGN KEY (holder) REFERENCES o (x));
        CREATE TABLE other (secret text); """
    v = f"'{VALUE}'"
    row = f"({v},{v},{v},0x95daec80877f164f13935bac14adde8c,'/projects/Default/procs12',{v},{v})"
    text = f"{vault} INSERT INTO ec_vault VALUES {row},{row},{row};INSERT INTO other VALUES ({v});"
    found = [each for each in events(dump(tmp_path / "d.sql", text)) if isinstance(each, Uncovered)]
    assert [(each.place, each.count, each.form) for each in found] == [
        ("ec_vault.secret", 3, "base64"),
        ("ec_vault.bytes", 3, "binary"),
        ("other.secret", 1, "base64"),
    ]


def test_every_row_is_looked_at(tmp_path: Path) -> None:
    """One ciphertext behind thousands of other values is found, whatever stands before it."""
    rows_ = ",".join([f"('words','{VALUE}')"] * 1_001)
    text = "CREATE TABLE ec_vault (plain text, secret text);" + f"INSERT INTO ec_vault VALUES {rows_};" * 7
    text += f"INSERT INTO ec_vault VALUES ('{VALUE}','{VALUE}');"
    found = [each for each in events(dump(tmp_path / "d.sql", text)) if isinstance(each, Uncovered)]
    assert [(each.place, each.count) for each in found] == [("ec_vault.plain", 1), ("ec_vault.secret", 7_008)]


def test_keys_told_behind_the_rows_are_keys(tmp_path: Path) -> None:
    """PostgreSQL's dumps name a table's key at their end."""
    text = f"""SET client_encoding = 'UTF8';
CREATE TABLE public.ec_credential (id text, name text, password text);
CREATE TABLE public.ec_vault (code text, secret text);
COPY public.ec_vault (code, secret) FROM stdin;
{VALUE}\t{VALUE}
\\.
ALTER TABLE ONLY public.ec_vault
    ADD CONSTRAINT ec_vault_pkey PRIMARY KEY (code);
"""
    path = dump(tmp_path / "d.sql", text, tables="")
    found = [each for each in events(path) if isinstance(each, Uncovered)]
    assert [each.place for each in found] == ["ec_vault.secret"]


def test_rows_before_a_damaged_stream_count(tmp_path: Path) -> None:
    """A compressed dump that breaks off gives every row in front of the break, and says so."""
    rows_ = "".join(
        f"INSERT INTO ec_user (name,password) VALUES ('n{n:06}','{n:032x}');\n" for n in range(9_000)
    )
    path = dump(tmp_path / "d.sql", rows_)
    packed = gzip.compress(path.read_bytes(), mtime=0)
    cut = tmp_path / "cut.sql.gz"
    cut.write_bytes(packed[: len(packed) * 2 // 3])
    found = rows(cut)["name"].to_list()
    assert found == [f"n{n:06}" for n in range(len(found))]
    decompressed = zlib.decompressobj(31).decompress(cut.read_bytes())
    assert len(found) >= decompressed.count(b"INSERT") - 1
    assert unread(cut)


def test_an_unused_table_hides_none_whose_name_begins_alike(tmp_path: Path) -> None:
    """A statement without VALUES says nothing of the ones that follow."""
    text = "INSERT INTO ec_cred SELECT 1;INSERT INTO ec_credential (id,name,password) VALUES (1,'a','x');"
    assert rows(dump(tmp_path / "d.sql", text))["name"].to_list() == ["a"]


LARGE = "".join(
    "INSERT INTO ec_credential (id,name,password,project_id) "
    f"VALUES ({first},'n{first}','x',1),({first + 1},'n',f(),2);"
    f"INSERT INTO ec_user (name,password) VALUES ('u{first}','y');"
    for first in range(0, 40, 2)
)


@pytest.mark.parametrize("held", [0, 1, 7, 20, 59, 1_000])
@pytest.mark.parametrize("copied", [True, False])
def test_how_many_rows_are_held_does_not_matter(tmp_path: Path, held: int, *, copied: bool) -> None:
    """Read once or twice, the same rows come out in the same order, and each fault is told once."""
    text = f"{LARGE}INSERT INTO `ec_project` VALUES (1,'P');"
    if copied:
        lines = "".join(f"{number}\tn{number}\tx\t1\n" for number in range(20))
        text = f"""SET client_encoding = 'UTF8';INSERT INTO ec_user (name,password) VALUES ('u','y');
COPY ec_credential (id, name, password, project_id) FROM stdin;
{lines}short
\\.
INSERT INTO ec_project VALUES (1,'P');"""
    path = dump(tmp_path / "d.sql", text)
    file = StoreFile(str(path))
    once, several = list(SqlDump(file).read()), list(SqlDump(file, held_rows=held).read())
    assert rows_of(SqlDump(file, held_rows=held)).equals(rows_of(SqlDump(file)))
    assert rows_of(SqlDump(file)).height >= 21
    assert set(rows_of(SqlDump(file))["project"]) == {"P", ""}
    told = [[each.reason for each in found if isinstance(each, Unread)] for found in (once, several)]
    assert told[0] == told[1]
    assert told[0]


def test_definitions_of_another_database_do_not_reach_back(tmp_path: Path) -> None:
    """Two databases in one dump may order a table's columns differently; each row goes by its own."""
    text = (
        "CREATE TABLE ec_credential (name text, password text, id int);"
        "INSERT INTO ec_credential VALUES ('a','x',1);"
        "CREATE TABLE ec_credential (password text, id int, name text);"
        "INSERT INTO ec_credential VALUES ('y',2,'b');"
    )
    path = dump(tmp_path / "d.sql", text, tables="")
    for held in (0, 1, 2):
        found = rows_of(SqlDump(StoreFile(str(path)), held_rows=held))
        assert found.select("name", "value", "record").rows() == [
            ("a", b"x", "ec_credential:id=1"),
            ("b", b"y", "ec_credential:id=2"),
        ]


def test_cut_in_a_copy(tmp_path: Path) -> None:
    """The same of a COPY."""
    text = "SET client_encoding = 'UTF8';\nCOPY ec_credential (id, name, password) FROM stdin;\n1\ta\tx\n2\tb"
    path = dump(tmp_path / "d.sql", text, tables="")
    assert rows(path)["name"].to_list() == ["a"]
    assert ["cut off" in fault.reason for fault in unread(path)] == [True]


def test_cut_between_statements(tmp_path: Path) -> None:
    """A dump that announces itself must end as its kind does."""
    text = "INSERT INTO ec_credential (id,name,password) VALUES (1,'a','x');\n"
    head = f"-- MySQL dump 10.13  Distrib 8.0.36\n{TABLES}"
    whole = dump(tmp_path / "whole.sql", f"{text}-- Dump completed on 2024-01-01\n", tables=head)
    assert unread(whole) == []
    cut = dump(tmp_path / "cut.sql", text, tables=head)
    assert rows(cut)["name"].to_list() == ["a"]
    assert ["may be cut off" in fault.reason for fault in unread(cut)] == [True]


def test_cut_gzip(tmp_path: Path) -> None:
    """A compressed dump that breaks off gives its rows up to there."""
    values = ",".join(f"({n},'n{n}','{n * 7919:032x}')" for n in range(20_000))
    plain = dump(tmp_path / "d.sql", f"INSERT INTO ec_credential (id,name,password) VALUES {values};")
    path = tmp_path / "d.sql.gz"
    path.write_bytes(gzip.compress(plain.read_bytes())[:-10_000])
    assert 0 < rows(path).height < 20_000
    assert unread(path)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO ec_credential (id,name) VALUES (9,'x','too many');", "a row does not have 2 values"),
        ("INSERT INTO ec_credential SELECT * FROM other;", "not in the form"),
        ("INSERT INTO ec_credential SET id=1;", "not in the form"),
        ("INSERT INTO ec_credential (id,name,password) VALUES (9,'x',AES_ENCRYPT('a','k'));", "expression"),
        ("UPDATE ec_credential SET password='x';", "UPDATE changes"),
        ("DELETE FROM `ec_credential`;", "DELETE changes"),
    ],
)
def test_what_only_a_server_can_do(tmp_path: Path, statement: str, reason: str) -> None:
    """It is told with its place, and what stands around it is read."""
    good = "INSERT INTO ec_credential (id,name,password) VALUES ({},'{}','x');"
    path = dump(tmp_path / "d.sql", f"{good.format(1, 'a')}\n{statement}\n{good.format(2, 'b')}")
    assert rows(path)["name"].to_list() == ["a", "b"]
    (fault,) = unread(path)
    assert reason in fault.reason
    assert fault.offset is not None
    assert len(TABLES) <= fault.offset <= len(TABLES) + len(good.format(1, "a")) + 1 + len(statement)


def test_another_database(tmp_path: Path) -> None:
    """A dump without any of the tables is refused: it is never "no problems"."""
    path = dump(tmp_path / "d.sql", "", tables="CREATE TABLE wp_users (id int);")
    with pytest.raises(StoreError, match="none of the tables"):
        events(path)


def test_character_sets(tmp_path: Path) -> None:
    """Text is decoded as SET NAMES says."""
    path = tmp_path / "d.sql"
    text = "SET NAMES latin1;\nINSERT INTO ec_credential (id,name,password) VALUES (1,'Schlüssel','x');"
    path.write_bytes((TABLES + text).encode("cp1252"))
    assert rows(path)["name"].to_list() == ["Schlüssel"]


def test_utf16(tmp_path: Path) -> None:
    """A dump that an editor of Windows saved as UTF-16 is read as any other."""
    path = tmp_path / "d.sql"
    path.write_bytes((TABLES + "INSERT INTO ec_credential (id,name) VALUES (1,'ü');").encode("utf-16"))
    assert rows(path)["name"].to_list() == ["ü"]


def test_mapping_of_dialects() -> None:
    """PostgreSQL's dumps are told by their own words."""
    assert dialect_of(b"--\n-- PostgreSQL database dump\n--") == POSTGRESQL
    assert dialect_of(b"-- MariaDB dump 10.19") == MYSQL


def test_nothing_of_a_value_in_a_reason(tmp_path: Path) -> None:
    """What is told of a damaged literal quotes nothing of it."""
    path = dump(
        tmp_path / "d.sql", f"INSERT INTO ec_credential (id,name,password) VALUES (1,'a',X'{VALUE}');"
    )
    assert all(VALUE not in fault.reason for fault in unread(path))
    assert len(unread(path)) == 1


def test_misread_is_told_once() -> None:
    """A table whose columns nobody names cannot be read, and says so."""
    statements = SqlStatements(
        SqlWindow(iter([b"INSERT INTO t VALUES (1);"])),
        SqlSession(MYSQL),
        lambda _: frozenset("a"),
        Definitions(),
    )
    (event,) = statements.read()
    assert isinstance(event, Misread)
