"""Exports and dumps of any size, as the product and `mariadb-dump` write them."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

_STATEMENT_BYTES: Final = 1_000_000
"""Where `mariadb-dump` begins a new INSERT."""
_SPECIAL: Final = {0: b"\\0", 10: b"\\n", 13: b"\\r", 26: b"\\Z", 34: b'\\"', 39: b"\\'", 92: b"\\\\"}


def write_export(path: Path, values: pl.Series, *, others: int) -> None:
    """An export in which each credential stands among so many properties."""
    noise = "".join(
        f"      <property>\n        <propertyName>setting{number}</propertyName>\n"
        "        <description></description>\n        <expandable>1</expandable>\n"
        f"        <value>/opt/build/{number}</value>\n      </property>\n"
        for number in range(others)
    )
    with path.open("w") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<exportedData version="63" buildVersion="5.0.1.73229">\n'
        )
        file.write("  <project>\n    <projectName>Bench</projectName>\n")
        for number, value in enumerate(values):
            file.write(
                f"    <credential>\n      <credentialName>credential {number}</credentialName>\n"
                f"      <description></description>\n      <password>{value}</password>\n"
                "      <userName>svc_deploy</userName>\n      <propertySheet>\n"
                f"{noise}      </propertySheet>\n    </credential>\n"
            )
        file.write("  </project>\n</exportedData>\n")


def write_dump(path: Path, values: pl.Series, *, others: int) -> None:
    """A dump with binary ids, and so many rows of another table for each credential."""
    chance = random.Random(1)
    projects = [chance.randbytes(16) for _ in range(500)]
    with path.open("wb") as file:
        file.write(
            b"-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n/*!40101 SET NAMES utf8mb4 */;\n" + _TABLES
        )
        rows = (
            b"(%s,%d,'credential %d','2021-03-04 05:06:07','admin','2021-03-04 05:06:07','admin',%s,"
            b"'svc_deploy','%s','LOCAL',%s)"
            % (
                _binary(chance.randbytes(16)), number % 5, number, _binary(projects[number % 7]),
                value.encode(), _binary(projects[number % 500]),
            )
            for number, value in enumerate(values)
        )  # fmt: skip
        for statement in _statements(b"ec_credential", rows):
            file.write(statement)
        named = (b"(%s,'project %d')" % (_binary(key), number) for number, key in enumerate(projects))
        for statement in _statements(b"ec_project", named):
            file.write(statement)
        properties = (
            b"(%d,%d,'setting%d','it\\'s /opt/build/%d; and \\\"more\\\" of it',NULL,'2021-03-04 05:06:07')"
            % (number, number % 5, number % 9, number)
            for number in range(len(values) * others)
        )
        for statement in _statements(b"ec_property", properties):
            file.write(statement)
        file.write(b"-- Dump completed on 2021-03-04  5:06:07\n")


_TABLES: Final = b"""CREATE TABLE `ec_credential` (
  `id` binary(16) NOT NULL, `version` int(11), `name` varchar(255), `created` varchar(40),
  `last_modified_by` varchar(255), `modified` varchar(40), `owner` varchar(255), `acl_id` binary(16),
  `user_name` varchar(255), `password` text, `credential_type` varchar(20), `project_id` binary(16),
  PRIMARY KEY (`id`)
);
CREATE TABLE `ec_project` (`id` binary(16) NOT NULL, `name` varchar(255), PRIMARY KEY (`id`));
CREATE TABLE `ec_property` (`id` bigint, `version` int(11), `name` varchar(255), `value` text,
  `description` text, `created` varchar(40), PRIMARY KEY (`id`));
"""


def _binary(raw: bytes) -> bytes:
    return b"_binary '" + b"".join(_SPECIAL.get(byte, bytes((byte,))) for byte in raw) + b"'"


def _statements(table: bytes, rows: Iterator[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for row in rows:
        gathered.append(row)
        size += len(row)
        if size > _STATEMENT_BYTES:
            yield b"INSERT INTO `%s` VALUES %s;\n" % (table, b",".join(gathered))
            gathered, size = [], 0
    if gathered:
        yield b"INSERT INTO `%s` VALUES %s;\n" % (table, b",".join(gathered))
