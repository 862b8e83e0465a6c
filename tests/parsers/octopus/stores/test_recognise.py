"""Which files are Octopus', by what is in them."""

from pathlib import Path

import pytest

from parsers.errors import StoreError
from parsers.octopus.stores.forms import OfflineDrop
from parsers.octopus.stores.sql_server_script import OctopusScript
from parsers.octopus.stores.table_file import OctopusTableFile
from parsers.stores.interface import Store
from parsers.stores.open import open_store
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable

KINDS: dict[str, type[Store]] = {
    "USE [Octopus]\nGO\n": OctopusScript,
    "/* made by SSMS */\r\nSET ANSI_NULLS ON\r\nGO\r\n": OctopusScript,
    "INSERT INTO Account (Id, Name, JSON) VALUES (N'Accounts-1', N'a', N'{}')": OctopusScript,
    "INSERT [dbo].[Feed] ([Id], [JSONBlob]) VALUES (N'Feeds-1', 0x00)": OctopusScript,
    "INSERT INTO [dbo].[ec_credential] ([id], [name]) VALUES (1, N'a')\nGO\n": SqlDump,
    "-- MySQL dump 10.13\nINSERT INTO `ec_credential` VALUES (1);\n": SqlDump,
    "name,value\nGO\nx,y\n": CsvTable,
    "Id,Name,JSON\n": OctopusTableFile,
    "id;json\n": OctopusTableFile,
    "Accounts-1\t{}\n": OctopusTableFile,
    '{"Id":"Accounts-1","JSON":"{}"}': OctopusTableFile,
    '[{"Name":"a","JSON":{"a":{"b":1}},"Id":"Accounts-1"}]': OctopusTableFile,
    '{"name":"a","value":"b","Id":1}': JsonLinesTable,
    "IV__0123456789abcdef": OfflineDrop,
}


@pytest.mark.parametrize(("content", "kind"), KINDS.items())
def test_kinds(content: str, kind: type[Store], tmp_path: Path) -> None:
    """Content tells, never the name."""
    path = tmp_path / "store"
    path.write_text(content, newline="")
    assert type(open_store(str(path))) is kind


def test_options_for_tables_are_not_for_octopus(tmp_path: Path) -> None:
    """Who names columns means a table of credentials, which this file then is not."""
    path = tmp_path / "store.csv"
    path.write_text("Id,JSON\n1,{}\n")
    with pytest.raises(StoreError, match="no column"):
        list(open_store(str(path), columns={"name": "Id"}).read())
