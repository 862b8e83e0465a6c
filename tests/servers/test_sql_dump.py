"""Dumps that real servers load and write, against what these servers then hold."""

import subprocess
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.stores.database.connection import database_at
from parsers.stores.interface import FingerprintSeen
from parsers.stores.open import open_store
from parsers.stores.sql_dump.dump import SqlDump
from parsers.unread import Unread
from tests.parsers.stores.reading import rows_of
from tests.servers.estate import Ids, fill
from tests.servers.server import Server
from tests.support.programs import need

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("servers")]


def of_server(server: Server, database: str) -> pl.DataFrame:
    """What the live database holds."""
    return rows_of(CloudBeesDatabase(database_at(server.url(database))))


def of_dump(path: Path) -> pl.DataFrame:
    """What the dump holds; nothing of it may be left unread."""
    store = open_store(str(path))
    assert isinstance(store, SqlDump)
    assert [event for event in store.read() if isinstance(event, Unread)] == []
    return rows_of(store)


def assert_same(dump: Path, server: Server, database: str) -> None:
    """Same rows, whatever their order."""
    found, expected = of_dump(dump).drop("store"), of_server(server, database).drop("store")
    assert expected.height
    assert_frame_equal(found.sort("record"), expected.sort("record"))


def socket_of(server: Server) -> str:
    """The folder or file that a client connects to."""
    return server.template.rpartition("=")[2]


def load_mariadb(server: Server, database: str, dump: Path) -> None:
    """As an administrator loads a dump."""
    with dump.open("rb") as content:
        subprocess.run(
            [need("mariadb"), "--no-defaults", "-u", "root", f"--socket={socket_of(server)}", database],
            stdin=content, check=True, capture_output=True,
        )  # fmt: skip


def load_postgresql(server: Server, database: str, dump: Path) -> None:
    """As an administrator loads a dump."""
    command = [need("psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", socket_of(server), "-U", "postgres"]
    subprocess.run([*command, "-d", database, "-f", str(dump)], check=True, capture_output=True)


@pytest.mark.parametrize("ids", Ids)
@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--skip-extended-insert", "--complete-insert"],
        ["--hex-blob", "--skip-comments", "--compact", "--no-create-info", "--complete-insert"],
        ["--default-character-set=latin1", "--replace"],
        ["--databases"],
    ],
    ids=" ".join,
)
def test_mariadb_dump(mariadb_server: Server, tmp_path: Path, ids: Ids, options: list[str]) -> None:
    """Whatever the options, a dump gives what the database gives."""
    with mariadb_server.database("dumped") as database:
        fill(mariadb_server.engine(database), ids)
        path = tmp_path / "dump.sql"
        with path.open("wb") as file:
            subprocess.run(
                [need("mariadb-dump"), "--no-defaults", "-u", "root",
                 f"--socket={socket_of(mariadb_server)}", *options, database],
                stdout=file, check=True,
            )  # fmt: skip
        assert_same(path, mariadb_server, database)


@pytest.mark.parametrize("ids", Ids)
@pytest.mark.parametrize(
    "options", [[], ["--inserts"], ["--column-inserts", "--rows-per-insert=3"]], ids=" ".join
)
def test_pg_dump(postgresql_server: Server, tmp_path: Path, ids: Ids, options: list[str]) -> None:
    """COPY and INSERT alike give what the database gives."""
    with postgresql_server.database("dumped") as database:
        fill(postgresql_server.engine(database), ids)
        path = tmp_path / "dump.sql"
        subprocess.run(
            [
                need("pg_dump"),
                "-h",
                socket_of(postgresql_server),
                "-U",
                "postgres",
                *options,
                "-f",
                str(path),
                database,
            ],
            check=True,
        )
        assert_same(path, postgresql_server, database)


MARIADB_BY_HAND = rb"""
/*!40101 SET NAMES utf8mb4 */; # a comment with a ' in it
/*M!999999\- enable the sandbox mode */
-- another one: don't
CREATE TABLE IF NOT EXISTS `ec_credential` (
  `id` binary(4) NOT NULL COMMENT 'a, b) ;',
  `version` decimal(3,1) DEFAULT 1.0 CHECK (`version` in (1.0, 2.0)),
  `name` varchar(255), `user_name` varchar(255), `password` text, `credential_type` varchar(20),
  `modified` varchar(40), `project_id` bigint, PRIMARY KEY (`id`), KEY `x` (`name`, `user_name`)
);
create table ec_project (id bigint, `name` varchar(255));
CREATE TABLE other (a text, `b;'` text);
INSERT INTO ec_credential VALUES
 (0x61626364,1,'a\'b','c''d','\0\Z\n\r\t\b\\\%\_\x',NULL,"dou\"b""le",1),
 (_binary 'bb\0\'',1,');INSERT INTO `ec_credential` VALUES (1)','','x;y','LOCAL','-- no comment',2)
 , /* between */ (X'63',2.0,'/* no comment */','#','`','"',' ',NULL); -- behind
INSERT IGNORE INTO `ec_credential` (`password`,`id`,name) VALUES ('QUJD' 'REVG','d',N'\xc3\xbc');
REPLACE INTO other VALUES ('it\\', ');'), ('INSERT INTO ec_credential VALUES (', "';");
/*!50003 SET @saved = @@sql_mode */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON other FOR EACH ROW BEGIN
  INSERT INTO ec_credential (id, name) VALUES ('tttt', 'of a trigger');
  SET @x = '*/ ;;';
END */;;
DELIMITER $$
CREATE PROCEDURE p() BEGIN INSERT INTO ec_credential (id, name) VALUES ('pppp', '$'); END $$
DELIMITER ;
/*!40000 INSERT INTO `ec_credential` (id, name, password) VALUES ('e','conditional','QUJD') */;
/*!99999 INSERT INTO `ec_credential` (id, name, password) VALUES ('f','not executed','QUJD') */;
SET sql_mode='NO_BACKSLASH_ESCAPES';
INSERT INTO ec_credential (id, name, password) VALUES ('g','back\slash','it''s\'),('h','','');
SET sql_mode='';
INSERT INTO `ec_project` VALUES (1,'P'),(2,'Q;''');
INSERT INTO ec_credential (id, name, password, version) VALUES ('i','last','QUJD',-1.5e0+2.5)"""


def test_mariadb_by_hand(mariadb_server: Server, tmp_path: Path) -> None:
    """All that strings and comments can do to a reader, as the server itself takes it."""
    path = tmp_path / "dump.sql"
    path.write_bytes(MARIADB_BY_HAND)
    with mariadb_server.database("by_hand") as database:
        load_mariadb(mariadb_server, database, path)
        assert_same(path, mariadb_server, database)


POSTGRESQL_BY_HAND = rb"""
--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
CREATE TABLE public.ec_credential (
    id bytea NOT NULL,
    name character varying(255) DEFAULT 'a,b)'::character varying,
    user_name text, "password" text, credential_type text, modified text, project_id bigint
);
CREATE TABLE public."ec_project" (id bigint, name text);
CREATE TABLE public.other (a text);
CREATE FUNCTION public.f() RETURNS integer LANGUAGE plpgsql AS $_$
BEGIN INSERT INTO ec_credential (id, name) VALUES ('x', 'don''t'); RETURN '1;' ; END; $_$;
COPY public.other (a) FROM stdin;
INSERT INTO ec_credential VALUES ('a');
don't; \\. $$
\.
COPY public.ec_credential (id, name, user_name, password, credential_type, modified, project_id) FROM stdin;
\\x6162	tab\there	\\back	line\nfeed	\N		1
\\x6163	\101\x42\v\f\b\q	'	"	;	--	2
\.
INSERT INTO public.ec_credential VALUES
  ('\x01ff', 'it''s', E'it\'s\\\n\x41\101\u00fc', 'back\slash', NULL, '', 1);
INSERT INTO public.ec_credential (name, id, password)
  VALUES (E'e'';', '\\\001'::bytea, 'QUJD'), ('$$', 'z', '$x$');
SET standard_conforming_strings = off;
INSERT INTO public.ec_credential (id, name, password) VALUES (E'y', 'a\tb\'', 'QUJD');
SET standard_conforming_strings = on;
COPY public.ec_project (id, name) FROM stdin;
1	P
2	Q
\.
-- PostgreSQL database dump complete
"""


def test_postgresql_by_hand(postgresql_server: Server, tmp_path: Path) -> None:
    """The same with PostgreSQL's ways of writing."""
    path = tmp_path / "dump.sql"
    path.write_bytes(POSTGRESQL_BY_HAND)
    with postgresql_server.database("by_hand") as database:
        load_postgresql(postgresql_server, database, path)
        assert_same(path, postgresql_server, database)


def test_fingerprints(mariadb_server: Server, tmp_path: Path) -> None:
    """The passkeys' history comes out of a dump as out of the database."""
    with mariadb_server.database("dumped") as database:
        fill(mariadb_server.engine(database), Ids.BINARY)
        path = tmp_path / "dump.sql"
        with path.open("wb") as file:
            command = [
                need("mariadb-dump"),
                "--no-defaults",
                "-u",
                "root",
                f"--socket={socket_of(mariadb_server)}",
            ]
            subprocess.run([*command, database], stdout=file, check=True)
        live = CloudBeesDatabase(database_at(mariadb_server.url(database)))
        expected = [event for event in live.read() if isinstance(event, FingerprintSeen)]
        assert expected
        assert [
            event for event in open_store(str(path)).read() if isinstance(event, FingerprintSeen)
        ] == expected
