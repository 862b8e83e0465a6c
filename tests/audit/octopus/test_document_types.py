"""Log entries of Octopus joined to the documents that they mean."""

import polars as pl
import pytest

from audit.evidence.log_references import evidence_in_logs, mentions
from audit.octopus.documents import is_meant
from parsers.logs.finding import Interpreter
from parsers.logs.phrases import DEFAULT
from parsers.logs.schema import finding_frame
from parsers.logs.search import RawEntry

RECORDS = [
    "ExtensionConfiguration:issuetracker-azuredevops-v2#/Connections/0/PersonalAccessToken",
    "ExtensionConfiguration:issuetracker-github#/ReleaseNoteOptions/Password",
    "ExtensionConfiguration:jira-integration#/Password",
    "Configuration:certificate-global#/CertificateData",
    "Account:Accounts-1#/Password",
    "VariableSet:variableset-Projects-1#/Variables/0/Value",
    "ExtensionConfiguration:authentication-aad#/ClientSecret",
]

MEANT = {
    "AzureDevOpsConfiguration": [0],
    "GitHubConfiguration": [1],
    "JiraConfiguration": [2],
    "certificate-global": [3],
    "Certificate-Global": [3],
    "AzureServicePrincipalAccount": [4],
    "Account": [4],
    "VariableSet": [5],
    "Accounts-1": [4],
    "AzureADConfiguration": [6],
    "Configuration": [],
    "Accounts": [],
    "": [],
}


@pytest.mark.parametrize(("name", "rows"), MEANT.items())
def test_what_a_name_means(name: str, rows: list[int]) -> None:
    """An id means its document, a type in the program the documents of that type, anything else none."""
    frame = pl.DataFrame({"record": RECORDS}).with_row_index("row")
    assert frame.filter(is_meant(name))["row"].to_list() == rows


NAMES_A_TYPE = b"""\
2023-03-23 12:25:07.6074   3804      5 FATAL  Unhandled AppDomain exception occurred: "Error reading row 1, \
column 3. Padding is invalid and cannot be removed..
Type deserializeAsType = Octopus.Server.Extensibility.IssueTracker.AzureDevOps.Configuration.\
AzureDevOpsConfiguration
"""
NAMES_AN_ID = b"""\
2023-03-23 12:26:07.6074   3804      5 ERROR  An unexpected error occurred when processing document with \
source ID 'certificate-global': Padding is invalid and cannot be removed.
"""
ENTRIES = {NAMES_A_TYPE: "AzureDevOpsConfiguration", NAMES_AN_ID: "certificate-global"}


def test_entries_are_joined_to_values() -> None:
    """What the exception names gets the entry as its evidence; what it does not name gets none."""
    rows = []
    for line, (data, subject) in enumerate(ENTRIES.items(), 1):
        entry = RawEntry(data=data, offset=0, line=line, whole=True)
        found = Interpreter(DEFAULT).finding(entry, "OctopusServer.txt")
        assert found is not None
        assert (found.kind, found.subject) == ("unreadable-document", subject)
        rows.append(found)
    values = pl.DataFrame(
        {"kind": "document", "project": "", "name": "n", "location": "l", "record": RECORDS}
    )
    named = evidence_in_logs(mentions(values, finding_frame(rows)), values.height)
    assert named["findings"].to_list() == [1, 0, 0, 1, 0, 0, 0]
    assert named["evidence"].to_list() == ["OctopusServer.txt:1", "", "", "OctopusServer.txt:2", "", "", ""]
