"""The files of the CloudBees CD estate."""

import gzip
from typing import Final

from sample_logs.generator.cloudbees.credentials import stored_credentials
from sample_logs.generator.cloudbees.export_xml import export_xml, project_export_xml
from sample_logs.generator.cloudbees.log_files import log_files
from sample_logs.generator.cloudbees.owners import owners_csv
from sample_logs.generator.cloudbees.store_tables import csv_table, sqlite_file
from sample_logs.generator.cloudbees.story import CURRENT, KEPT, LABS
from sample_logs.generator.cloudbees.truth import truth_json

_IMPORTED: Final = "Firmware Lab"


def cloudbees_files() -> dict[str, bytes]:
    """Path below the estate → content."""
    rows = stored_credentials()
    logs = list(log_files(rows))
    export = export_xml(rows, CURRENT)
    imported = [row for row in rows if row.place.project == _IMPORTED]
    return {
        **{log.path: log.content for log in logs},
        "store/export.xml": export,
        "store/export.xml.gz": gzip.compress(export, mtime=0),
        "store/credentials.csv": csv_table(rows),
        "store/commander.sqlite": sqlite_file(rows),
        "store/imported-2017.xml": project_export_xml(_IMPORTED, imported, LABS),
        **{f"keys/{key.label}": key.content for key in KEPT},
        "owners.csv": owners_csv(),
        "truth.json": truth_json(rows, (position for log in logs for position in log.positions)),
    }
